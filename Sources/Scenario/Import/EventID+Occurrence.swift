import EventModel

extension EventID {
    /// The id of the `occurrence`-th value with these bytes, from 1, in a form that has no ids: the
    /// same input gives the same ids.
    init(of bytes: UnsafeRawBufferPointer, as form: ImportFormat, occurrence: Int) {
        var hash = SHA256()
        hash.update(counted: form.rawValue)
        hash.update(bigEndian: UInt64(bytes.count))
        hash.update(bytes)
        hash.update(bigEndian: UInt64(occurrence))
        self.init(derivedFrom: hash.digest())
    }
}
