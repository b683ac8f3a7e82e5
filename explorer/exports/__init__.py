"""Writers of what leaves the app: pictures, films and arrays, each with its recipe inside. No torch, no Qt."""
