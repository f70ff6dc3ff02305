import Testing

@testable import Topology

/// A change of the good file, and the error that it must give.
struct Mistake: Sendable, CustomTestStringConvertible {
    /// What is replaced in the good file, and by what.
    var old: String
    var new: String
    var place: String
    var message: String
    var testDescription: String { new.isEmpty ? "without \(old)" : new }

    init(_ old: String, _ new: String, _ place: String, _ message: String) {
        (self.old, self.new, self.place, self.message) = (old, new, place, message)
    }

    /// Has at least one of everything that a topology may have.
    static let good = """
        name: good
        bus: {name: cats/bus, account: "123456789012", region: us-east-1}
        button-handler: mended
        rules:
          - name: feeds
            state: disabled
            pattern: {source: [com.cats], detail: {n: [{numeric: [">", 1.50]}], yes: [true, ~, "1"]}}
            targets:
              - id: feeder
                kind: cat-feeder
                thing: Lambda
                topic: cats/${feeder}/${device}/action
                variant: mended
                replays: publish
                input-path: $.detail
                retry: {attempts: 3, max-age: 1h30m}
                dead-letter: lost-feeds
              - id: totals
                kind: projection
                name: bowl-totals
          - name: rest
            pattern: |
              {"source" : [ "com.cats" ] }
            targets:
              - {id: log, kind: file, path: feeds.jsonl}
              - id: hook
                kind: process
                command: [curl, -d, "@-", ""]
                timeout: 2m
                input-transformer:
                  input-paths: {click: $.detail.click-type, at: $.time}
                  template: '{"click": <click>, "at": <at>}'
              - id: again
                kind: cat-feeder
                thing: Lambda
                topic: cats/${feeder}/${device}/action
                variant: mended
                replays: publish
        policies:
          all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "iot:*", Resource: "*"}]}
        things:
          - {name: Lambda, role: function, policies: [all]}
          - name: Feeder-${feeder}
            role: feeder
            policies:
              - all
              - Statement: {Effect: Deny, Action: x, Resource: "client/${iot:ClientId}/${feeder}"}
        feeders:
          - thing: Feeder-${feeder}
            action-topic: cats/${feeder}/+
            states-topic: cats/${feeder}/states
            hopper-grams: 750
            firmware: older
          - thing: Old
            policy: all
            action-topic: cats
            states-topic: cats/states
            hopper-grams: 1
        """.replacing("cats/${feeder}/+", with: "cats/${feeder}/action")
}
