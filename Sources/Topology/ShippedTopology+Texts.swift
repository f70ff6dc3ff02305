/// The topologies that are shipped, byte for byte the files of `Fixtures/topologies`, so that an
/// installed program finds them without the repository.
extension ShippedTopology {
    static let deployedText = #"""
        # The cat feeder as it is deployed: every name is that of the running system.
        name: deployed

        bus:
          name: feedmyfurbabies
          account: "123456789012"
          region: ap-southeast-2

        button-handler: deployed

        # The Terraform asks for archives and names none: nothing is kept that could be replayed.
        archives: []

        rules:
          - name: feeds-rule
            pattern: |
              {"source":["com.feedmyfurbabies"]}
            targets:
              - id: cat-feeder
                kind: cat-feeder
                thing: CatFeederThingLambda
                topic: cat-feeder/action
                variant: deployed

          # The laboratory's own: the stores that a replay hydrates. Every event has a source.
          - name: stores-rule
            pattern: |
              {"source":[{"prefix":""}]}
            targets:
              - {id: bowl-totals, kind: projection, name: bowl-totals}
              - {id: feeding-stats, kind: projection, name: feeding-stats}

        policies:
          CatFeederThingLambda:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: iot:Connect
                Resource: arn:aws:iot:ap-southeast-2:123456789012:client/CatFeederThingLambda
              - Effect: Allow
                Action: iot:Publish
                Resource: arn:aws:iot:ap-southeast-2:123456789012:topic/cat-feeder/action
          CatFeederThingESP32:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: iot:Connect
                Resource: arn:aws:iot:ap-southeast-2:123456789012:client/CatFeederThingESP32
              - Effect: Allow
                Action: iot:Subscribe
                Resource: arn:aws:iot:ap-southeast-2:123456789012:topicfilter/cat-feeder/action
              - Effect: Allow
                Action: iot:Receive
                Resource: arn:aws:iot:ap-southeast-2:123456789012:topic/cat-feeder/action
              - Effect: Allow
                Action: iot:Publish
                Resource: arn:aws:iot:ap-southeast-2:123456789012:topic/cat-feeder/states

        things:
          - name: CatFeederThingLambda
            role: function
            policies: [CatFeederThingLambda]
          - name: CatFeederThingESP32
            role: feeder
            policies: [CatFeederThingESP32]

        feeders:
          - thing: CatFeederThingESP32
            action-topic: cat-feeder/action
            states-topic: cat-feeder/states
            hopper-grams: 2000
            firmware: current

        """#

    static let mendedText = #"""
        # The cat feeder with its defects mended: the handler keeps the time of the press, the function
        # feeds nobody on a replay.
        name: mended

        bus:
          name: feedmyfurbabies
          account: "123456789012"
          region: ap-southeast-2

        button-handler: mended

        archives:
          - name: all-events

        rules:
          - name: feeds-rule
            pattern: |
              {"source":["com.feedmyfurbabies"]}
            targets:
              - id: cat-feeder
                kind: cat-feeder
                thing: CatFeederThingLambda
                topic: cat-feeder/action
                variant: mended
                replays: ignore

          # The laboratory's own: the stores that a replay hydrates. Every event has a source.
          - name: stores-rule
            pattern: |
              {"source":[{"prefix":""}]}
            targets:
              - {id: bowl-totals, kind: projection, name: bowl-totals}
              - {id: feeding-stats, kind: projection, name: feeding-stats}

        policies:
          CatFeederThingLambda:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: iot:Connect
                Resource: arn:aws:iot:ap-southeast-2:123456789012:client/CatFeederThingLambda
              - Effect: Allow
                Action: iot:Publish
                Resource: arn:aws:iot:ap-southeast-2:123456789012:topic/cat-feeder/action
          CatFeederThingESP32:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: iot:Connect
                Resource: arn:aws:iot:ap-southeast-2:123456789012:client/CatFeederThingESP32
              - Effect: Allow
                Action: iot:Subscribe
                Resource: arn:aws:iot:ap-southeast-2:123456789012:topicfilter/cat-feeder/action
              - Effect: Allow
                Action: iot:Receive
                Resource: arn:aws:iot:ap-southeast-2:123456789012:topic/cat-feeder/action
              - Effect: Allow
                Action: iot:Publish
                Resource: arn:aws:iot:ap-southeast-2:123456789012:topic/cat-feeder/states

        things:
          - name: CatFeederThingLambda
            role: function
            policies: [CatFeederThingLambda]
          - name: CatFeederThingESP32
            role: feeder
            policies: [CatFeederThingESP32]

        feeders:
          - thing: CatFeederThingESP32
            action-topic: cat-feeder/action
            states-topic: cat-feeder/states
            hopper-grams: 2000
            firmware: mended

        """#

    static let fleetText = #"""
        # Many feeders: each registered feeder is a thing of its own with a topic of its own, and its policy
        # lets it hear nobody else's. One function serves them all.
        name: fleet

        bus:
          name: feedmyfurbabies
          account: "123456789012"
          region: ap-southeast-2

        button-handler: mended

        archives:
          - name: all-events

        rules:
          - name: feeds-rule
            pattern: |
              {"source":["com.feedmyfurbabies"]}
            targets:
              - id: cat-feeder
                kind: cat-feeder
                thing: CatFeederThingLambda
                topic: cat-feeder/${feeder}/action
                variant: mended
                replays: ignore

          # The laboratory's own: the stores that a replay hydrates. Every event has a source.
          - name: stores-rule
            pattern: |
              {"source":[{"prefix":""}]}
            targets:
              - {id: bowl-totals, kind: projection, name: bowl-totals}
              - {id: feeding-stats, kind: projection, name: feeding-stats}

        policies:
          CatFeederThingLambda:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: iot:Connect
                Resource: arn:aws:iot:ap-southeast-2:123456789012:client/CatFeederThingLambda
              - Effect: Allow
                Action: iot:Publish
                Resource: arn:aws:iot:ap-southeast-2:123456789012:topic/cat-feeder/*/action
          CatFeederThing-feeder:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: iot:Connect
                Resource: arn:aws:iot:ap-southeast-2:123456789012:client/CatFeederThing-${feeder}
              - Effect: Allow
                Action: iot:Subscribe
                Resource: arn:aws:iot:ap-southeast-2:123456789012:topicfilter/cat-feeder/${feeder}/action
              - Effect: Allow
                Action: iot:Receive
                Resource: arn:aws:iot:ap-southeast-2:123456789012:topic/cat-feeder/${feeder}/action
              - Effect: Allow
                Action: iot:Publish
                Resource: arn:aws:iot:ap-southeast-2:123456789012:topic/cat-feeder/${feeder}/states

        things:
          - name: CatFeederThingLambda
            role: function
            policies: [CatFeederThingLambda]
          - name: CatFeederThing-${feeder}
            role: feeder
            policies: [CatFeederThing-feeder]

        feeders:
          - thing: CatFeederThing-${feeder}
            action-topic: cat-feeder/${feeder}/action
            states-topic: cat-feeder/${feeder}/states
            hopper-grams: 2000
            firmware: mended

        """#
}
