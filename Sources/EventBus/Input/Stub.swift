import EventModel

public struct InputError: Error {}
public struct TargetInput: Sendable {
    public func input(for event: UnsafeRawBufferPointer, rule: String, ingested: Timestamp)
        throws(InputError) -> [UInt8]
    { [] }
}
