import Mutants

@main struct MutantsCommand {
    static func main() async throws {
        for mutant in Mutant.all {
            let verdict = try await mutant.verdict()
            let control = try await mutant.control(cases: mutant.budget)
            if let control { print("CONTROL", control) }
            print(mutant.name, verdict.capture as Any, verdict.complaint ?? "fine")
        }
    }
}
