"""The commissioner's day: whom to call or visit, the record made on a phone, what was due and done."""
