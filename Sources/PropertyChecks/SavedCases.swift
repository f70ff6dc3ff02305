import Foundation
import PropertyTesting

/// The failing cases of one property, a file each.
struct SavedCases: Sendable {
    /// nil where nothing is kept.
    let folder: String?
    let name: PropertyName

    init(_ database: CaseDatabase, _ name: PropertyName) {
        if case .folder(let path) = database { folder = path } else { folder = nil }
        self.name = name
    }

    /// What a file holds, or why it cannot be read.
    struct Entry {
        var path: String
        var content: Result<CaseText, any Error>
    }

    /// The cases in the order of their files' names.
    func all() -> [Entry] {
        guard let folder else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let wanted = names.filter { $0.hasSuffix(".case") && $0.contains("-\(name.key)-") }.sorted()
        return wanted.map { file in
            let path = folder + "/" + file
            return Entry(
                path: path,
                content: Result {
                    try CaseText(parsing: String(contentsOfFile: path, encoding: .utf8))
                })
        }
    }

    /// Keeps a case in the place of the one that failed alike before; the file's path, nil where nothing is
    /// kept.
    func save(_ choices: [Int], failing failure: String) throws -> String? {
        guard let folder else { return nil }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/\(name.slug)-\(name.key)-\(PropertyName.digits(of: failure)).case"
        let text = CaseText(test: name.test, failure: failure, choices: choices).text
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// Deletes a file; one that is gone was another run's to delete.
    func forget(_ entry: Entry) throws {
        do { try FileManager.default.removeItem(atPath: entry.path) } catch let error as CocoaError
            where error.code == .fileNoSuchFile
        {}
    }
}
