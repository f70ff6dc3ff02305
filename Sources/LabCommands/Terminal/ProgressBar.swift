import Foundation

/// A line on standard error that says how far long work has come; silent where that is no terminal.
struct ProgressBar {
    private let label: String
    private let isShown: Bool
    private var lastTenths = -1
    private static let width = 30

    init(_ label: String) {
        self.label = label
        isShown =
            isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// - Parameters:
    ///   - share: 0 to 1.
    ///   - text: what stands after the bar.
    mutating func update(_ share: Double, _ text: @autoclosure () -> String) {
        guard isShown else { return }
        let tenths = Int(min(1, max(0, share)) * 1000)
        guard tenths != lastTenths else { return }
        lastTenths = tenths
        let full = tenths * ProgressBar.width / 1000
        let bar =
            String(repeating: "█", count: full)
            + String(repeating: "░", count: ProgressBar.width - full)
        Terminal.write("\r\(label) \(bar) \(tenths / 10)% \(text())\u{1B}[K", to: STDERR_FILENO)
    }

    /// Takes the line away.
    func clear() {
        if isShown, lastTenths >= 0 { Terminal.write("\r\u{1B}[K", to: STDERR_FILENO) }
    }
}
