"""What `manage.py startjob` writes: a new job in each file that has to know of it."""
