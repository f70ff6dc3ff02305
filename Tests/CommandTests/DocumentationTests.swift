import Foundation
import Testing

@Suite struct `The documentation` {
    @Test(arguments: [
        "Package.swift", "Sources/GramsServed/GramsServed.swift", "Sources/mylab/MyLab.swift",
    ])
    func `of projections shows the example's code as it is`(name: String) throws {
        let page = try String(
            contentsOfFile: "\(Shipped.root)/docs/projections.md", encoding: .utf8)
        let code = try String(
            contentsOfFile: "\(Shipped.root)/Examples/GramsServed/\(name)", encoding: .utf8)
        #expect(page.contains("```swift\n\(code)```\n"))
    }
}
