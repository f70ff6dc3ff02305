extension String {
    /// This path as SQLite must see it: "", ":memory:" and "file:…" mean something else than a file
    /// to it, and what is written there is gone with the process.
    public var asSQLiteFile: String { hasPrefix("/") ? self : "./" + self }
}
