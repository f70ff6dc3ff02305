/// The feeder second by second, as one would tell it: what the firmware, which jumps from one thing
/// to the next, must agree with. Times are whole seconds.
struct ReferenceFeeder {
    var period = 3
    var remembers = false
    private var isOn = true
    private var socket: [(word: String, id: String?)] = []
    private var nextRound = 0
    private var feeding: (word: String, since: Int)?
    private var had: Set<String> = []
    private(set) var dispensed: [String] = []

    init(period: Int, remembers: Bool) { (self.period, self.remembers) = (period, remembers) }

    enum Happening {
        case message(String, id: String?)
        case powerLost, powerBack, wifiLost
    }

    /// One second: first what happens, then what the feeder does.
    mutating func tick(_ second: Int, _ happenings: [Happening]) {
        for happening in happenings {
            switch happening {
            case .message(let word, let id): if isOn { socket.append((word, id)) }
            case .powerLost:
                guard isOn else { continue }
                if let feeding { drop(feeding.word, min(10, second - feeding.since), second) }
                (isOn, feeding, socket) = (false, nil, [])
            case .powerBack:
                guard !isOn else { continue }
                (isOn, nextRound) = (true, second)
            case .wifiLost: socket = []
            }
        }
        guard isOn else { return }
        if let done = feeding {
            guard second == done.since + 12 else { return }
            drop(done.word, 10, second)
            feeding = nil
            read(second)
        } else if second == nextRound {
            read(second)
        }
    }

    private mutating func read(_ second: Int) {
        nextRound = second + period
        while feeding == nil, !socket.isEmpty {
            let message = socket.removeFirst()
            if remembers, let id = message.id, !had.insert(id).inserted { continue }
            if ["SINGLE", "DOUBLE", "LONG"].contains(message.word) {
                feeding = (message.word, second)
            }
        }
    }

    private mutating func drop(_ word: String, _ seconds: Int, _ now: Int) {
        if word != "DOUBLE" { dispensed.append("\(now) left \(25 * seconds / 10)") }
        if word != "SINGLE" { dispensed.append("\(now) right \(30 * seconds / 10)") }
    }
}
