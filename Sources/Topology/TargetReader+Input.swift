import EventModel
import YAMLFile

extension TargetReader {
    /// What part of the event the target is given. Whether a path is a path, and a template JSON,
    /// is found by the bus, which knows its JSON paths.
    func input(of mapping: YAMLMapping) throws(TopologyError) -> TopologyFile.Input {
        guard let node = mapping["input-transformer"] else {
            guard let path = mapping["input-path"] else { return .event }
            return .path(try self.path(path))
        }
        if let path = mapping["input-path"] {
            throw path.fail(
                "only one of \"input-path\" and \"input-transformer\" can say what the target is"
                    + " given")
        }
        let transformer = try node.mapping(
            of: "an input transformer", keys: ["input-paths", "template"])
        var paths: [TopologyFile.Transformer.InputPath] = []
        for (key, _, value) in try transformer["input-paths"]?.members("input paths") ?? [] {
            guard paths.count < 100 else {
                throw key.fail("an input transformer has at most 100 input paths")
            }
            let name = try key.identifier("the name of an input path", 1...256, punctuation: "_-")
            paths.append(.init(name: name, path: try path(value)))
        }
        let templateNode = try transformer.required("template")
        let template = try templateNode.text("a template")
        guard (1...8192).contains(template.unicodeScalars.count) else {
            throw templateNode.fail("a template has 1 to 8192 characters")
        }
        return .transformer(.init(paths: paths, template: template))
    }

    private func path(_ node: YAMLNode) throws(TopologyError) -> String {
        let path = try node.text("a JSON path such as $.detail")
        guard path.utf8.first == 0x24, path.utf8.count <= 256 else {
            throw node.fail(
                "a JSON path begins with \"$\", such as $.detail.click-type, and has at most 256"
                    + " bytes, not \"\(path)\"")
        }
        return path
    }
}
