extension Mutant {
    /// All of them, in the order of the table.
    package static let all: [Mutant] =
        tables + projections + stores + walks + points + readers + segments
        + bus + broker + feeder + campaigns
        + formats + ledger
}
