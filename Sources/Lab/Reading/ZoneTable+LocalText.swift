import EventModel

extension ZoneTable {
    /// A moment as a clock on the wall shows it, with what it is ahead of UTC:
    /// `2024-03-01T20:00:00+13:00`. Seconds of the offset are written where it has any.
    public func localText(of time: Timestamp) -> String {
        let offset = offset(at: time)
        let wall = Timestamp(microseconds: time.microseconds &+ offset)
        let seconds = Int(abs(offset) / 1_000_000)
        func digits(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        var text = wall.shortText.dropLast() + (offset < 0 ? "-" : "+")
        text += digits(seconds / 3600) + ":" + digits(seconds / 60 % 60)
        if seconds % 60 != 0 { text += ":" + digits(seconds % 60) }
        return String(text)
    }
}
