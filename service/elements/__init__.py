"""要素保障: what a project needs (land, water, power, labour, financing …), who sees to it, how far it is."""
