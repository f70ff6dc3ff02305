/// Codes of devices as a ledger gives them: from 1 on, in the order in which they are first named. Two
/// spellings of a letter are two devices.
package struct DeviceCodes {
    /// The devices in the order of their codes.
    package private(set) var devices: [String] = []
    private var codes: [[UInt8]: UInt32] = [:]

    package init() {}

    /// The code of a device, a new one where nobody has asked for it.
    @discardableResult
    package mutating func code(of device: String) -> UInt32 {
        let bytes = Array(device.utf8)
        if let known = codes[bytes] { return known }
        devices.append(device)
        codes[bytes] = UInt32(devices.count)
        return UInt32(devices.count)
    }
}
