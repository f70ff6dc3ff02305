import Simulation

/// The slot of a press's random address: which habit or snacks it comes from, and which slot of
/// the local day.
///
///     56 bits: the habit's or the snacks' name, hashed  |  8 bits: slot of the local day
///
/// Names, not places in a list: a habit that is dropped or moved changes no other one's presses.
enum PressAddress {
    static func slot(ofHabit name: String) -> UInt64 {
        RandomStream.entity("habit\u{0}" + name) & ~0xFF
    }

    /// The slot of the snacks in slot 0 of a day; the day's slot is added to it.
    static func slot(ofSnacks name: String) -> UInt64 {
        RandomStream.entity("snacks\u{0}" + name) & ~0xFF
    }

    static let registration = RandomStream.entity("registration") & ~0xFF
    static let health = RandomStream.entity("health") & ~0xFF
}
