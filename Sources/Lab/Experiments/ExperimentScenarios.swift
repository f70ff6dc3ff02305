/// The households of the experiments.
enum ExperimentScenarios {
    /// `Fixtures/scenarios/two-cats-auckland.yaml`, which an installed program does not have.
    static let twoCats = #"""
        # Miso eats from the left bowl, Tama from the right one. On working days breakfast comes early and
        # is pressed in a hurry; at weekends everybody lies in. Evenings are long, and the cats know it.
        name: two-cats-auckland
        time-zone: Pacific/Auckland
        start: 2020-01-01

        envelope:
          account: "123456789012"
          region: ap-southeast-2

        feeders:
          - name: kitchen
            buttons: [G030PM0123456789]
            bowls: {left: 25, right: 30}
            cats:
              - {name: Miso, bowl: left}
              - {name: Tama, bowl: right}
            habits:
              - {name: breakfast, click: LONG, at: "06:45", spread: 35m, weekdays: weekdays, probability: 0.98}
              - {name: weekend breakfast, click: LONG, at: "08:50", spread: 1h30m, weekdays: weekends, probability: 0.97}
              - {name: Miso's lunch, click: SINGLE, at: "12:30", spread: 45m, weekdays: [mon, wed, fri, sat, sun], probability: 0.8}
              - {name: Tama's lunch, click: DOUBLE, at: "12:40", spread: 45m, weekdays: [mon, wed, fri, sat, sun], probability: 0.75}
              - {name: dinner, click: LONG, at: "18:00", spread: 50m, probability: 0.98}
              - {name: Tama's second dinner, click: DOUBLE, at: "20:15", spread: 1h, weekdays: [fri, sat], probability: 0.6}
            snacks:
              - name: Miso begs
                per-hour: {"07:00-17:00": 0.05, "17:00-22:00": 0.22}
                clicks: {SINGLE: 9, LONG: 1}
              - name: Tama begs
                per-hour: {"09:00-17:00": 0.04, "17:00-22:00": 0.16}
                clicks: {DOUBLE: 9, LONG: 1}
              - name: late snack
                per-hour: {"22:00-01:00": 0.2, "01:00-05:00": 0.015}
                clicks: {SINGLE: 2, DOUBLE: 2, LONG: 1}

        """#

    /// Presses so close that they meet in the feeder's socket and in one second.
    static let hurried = #"""
        # A child has found the button: three presses a minute, some within a second, all day long.
        name: hurried-button
        time-zone: Pacific/Auckland
        start: 2024-03-01

        feeders:
          - name: kitchen
            buttons: [G030PM0123456789]
            bowls: {left: 25, right: 30}
            snacks:
              - name: first
                per-hour: {"06:00-20:00": 30}
                clicks: {SINGLE: 2, DOUBLE: 2, LONG: 1}
              - name: second
                per-hour: {"06:00-20:00": 30}
                clicks: {SINGLE: 2, DOUBLE: 2, LONG: 1}
              - name: third
                per-hour: {"06:00-20:00": 30}
                clicks: {SINGLE: 2, DOUBLE: 2, LONG: 1}
              - name: fourth
                per-hour: {"06:00-20:00": 30}
                clicks: {SINGLE: 2, DOUBLE: 2, LONG: 1}
              - name: fifth
                per-hour: {"06:00-20:00": 30}
                clicks: {SINGLE: 2, DOUBLE: 2, LONG: 1}
              - name: sixth
                per-hour: {"06:00-20:00": 30}
                clicks: {SINGLE: 2, DOUBLE: 2, LONG: 1}

        """#
}
