from django.urls import path

from chains import views

urlpatterns = [
    path("chains/", views.chains, name="chains"),
    path("chains/new/", views.new, name="chain-new"),
    path("chains/<slug:code>/", views.chain, name="chain"),
    path("chains/<slug:code>/nodes/", views.add_node, name="chain-node-add"),
    path("chains/<slug:code>/nodes/<int:pk>/", views.edit_node, name="chain-node"),
    path("chains/<slug:code>/nodes/<int:pk>/remove/", views.remove_node, name="chain-node-remove"),
    path("chains/<slug:code>/posts/", views.appoint, name="chain-appoint"),
    path("chains/<slug:code>/posts/<int:pk>/end/", views.end_post, name="chain-post-end"),
]
