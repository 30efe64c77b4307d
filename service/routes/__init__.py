"""Routes, one file a group: `lookups`, `documents`, `lists`, `health`; each is a few lines over the library."""
