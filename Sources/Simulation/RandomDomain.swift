/// What a random number is drawn for. Numbers of different domains have nothing to do with each
/// other, so a new kind of draw changes no draw that was there before.
///
/// The list is append-only: a number is never changed, never used again for something else.
/// Anything that changes what an old address yields raises `streamMapVersion`.
public enum RandomDomain: UInt32, CaseIterable, Sendable {
    /// The random bits of an event's id.
    case eventID = 1
    /// Whether a habit happens on a day.
    case habitHappens = 2
    /// How far from its usual time a habit happens.
    case habitTime = 3
    /// How many snacks an hour has.
    case snackCount = 4
    /// When in its hour a snack is taken.
    case snackTime = 5
    /// Which click a press is.
    case clickKind = 6
    /// Which time zone a feeder of a fleet stands in.
    case fleetZone = 7
    /// How far a household of a fleet shifts a habit of the fleet's template.
    case fleetHabitShift = 8
    /// How late an event is reported.
    case lateness = 9
    /// Whether an event is delivered again.
    case duplication = 10
    /// Whether a message is lost.
    case loss = 11
    /// How far a device's clock is off.
    case clockSkew = 12
    /// Which of two things of the same moment comes first, where schedules are explored.
    case tieOrder = 13
    /// Which faults a run has, and how strong.
    case faultProfile = 14
    /// The order of delivery inside what a delivery model may shuffle.
    case deliveryOrder = 15
    /// When a retry is made.
    case retryDelay = 16
    /// What happens in a history that laws are checked on.
    case lawHistory = 17
    /// Where laws cut, slice and redeliver such a history.
    case lawCut = 18
    /// Whether an attempt of a target fails, and how.
    case targetFailure = 19
    /// How long an event takes into the archive.
    case archiveLag = 20
    /// When a device loses its network or its power, and for how long.
    case outage = 21
    /// When a household goes on a trip, and for how long.
    case trip = 22
    /// How hungry the cats of a fleet's household are.
    case fleetAppetite = 23
    /// What the bowls of a fleet's feeder hold.
    case fleetPortion = 24
    /// When a household of a fleet moves, and where to.
    case fleetMove = 25
    /// When a household of a fleet leaves it.
    case fleetLeave = 26
    /// Whether a press is pressed again, and how soon.
    case repeatedPress = 27
    /// Whether a button's report is late, and by how much.
    case lateReport = 28
    /// Whether a button reports a press twice, and when.
    case duplicateReport = 29
    /// Whether a DOUBLE is seen as two SINGLE.
    case splitDouble = 30
    /// On which days a button does not know the time.
    case unsetClock = 31
    /// How long a battery lasts, and how long a button is dead.
    case battery = 32
    /// When a button reports its health.
    case healthReport = 33
    /// What a seed of a campaign is about: faults, household, topology, replay.
    case campaign = 34

    /// The version of the map from addresses to draws, part of every key and of every provenance.
    public static let streamMapVersion: UInt32 = 1
}
