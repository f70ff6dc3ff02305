import Ledger

/// The layer of SQLite (a VFS) through which stores and snapshots are opened: the system's own, unless
/// somebody watches what is written.
package enum StoreLayer {
    /// The name of a registered VFS; nil for the system's own.
    @TaskLocal package static var name: String?
}

extension String {
    /// This absolute path as SQLite must see it to open a store.
    var asStoreFile: String {
        guard let layer = StoreLayer.name else { return asSQLiteFile }
        // A URI: what means something in one is written as its number.
        let path = utf8.map { byte -> String in
            let isPlain =
                (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x2D...0x39).contains(byte) || byte == 0x5F
            let digits = String(byte, radix: 16)
            return isPlain
                ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
        }
        return "file:\(path.joined())?vfs=\(layer)"
    }
}
