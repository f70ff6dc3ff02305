extension LeftOver {
    /// The lowest sequence that another replay must begin with so that nothing is lost; nil where
    /// nothing is left to do.
    ///
    /// Under `ordered` nothing comes twice from there. Other models put events in another order:
    /// later ones may be out already, and come again.
    ///
    /// - Parameters:
    ///   - awaited: events that wait for another attempt.
    ///   - last: the window's end.
    func resumePoint(awaited: [Int], last: Int) -> Int? {
        let rest = after < last ? [after + 1] : []
        return (rest + others + awaited).min()
    }
}

extension ReplayProgress {
    /// What to do after a run that did not come to its end.
    public var advice: String {
        guard let next else { return "every event had been sent" }
        return events == 0 ? "nothing had been sent: run it again" : "go on with --from seq:\(next)"
    }
}
