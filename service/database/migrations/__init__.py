"""Steps of the database from one form to the next; run by `service.database.engine`."""
