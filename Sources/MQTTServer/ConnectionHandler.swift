import EventModel
import MQTTBroker
import NIOCore

/// One client's connection: its bytes go to the core, and what the core answers goes out, gathered
/// into one write.
///
/// Lives on the broker's event loop alone.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How the transport names its client.
    enum Transport {
        case plain
        /// The certificate can be read once the handshake is over.
        case tls((ChannelHandlerContext) -> Principal?)
    }

    /// The core's name for it; nil before it is opened and after it is over.
    private(set) var id: ConnectionID?
    /// The watch of its client, once that is known.
    var watch: (client: [UInt8], watch: ClientWatch)?
    /// Whether it waits in the loop's list of connections to flush.
    var isTouched = false

    private let broker: BrokerLoop
    private let transport: Transport
    private var context: ChannelHandlerContext?
    private var handshake: Scheduled<Void>?

    /// Encoded packets that the channel has not got yet.
    private var staged = ByteBuffer()
    private var stagedAnswerByteCount = 0
    /// What the client sent while others are let in first; nil as long as it is heard.
    private var held: ByteBuffer?
    /// Whether the core has heard it since its CONNECT.
    private var hasSpoken = false
    private var isReadPaused = false
    private var hasPausedRead = false

    /// A buffer that grew beyond this is not kept.
    private static let keptCapacity = 1 << 16
    /// From here on the channel gets what is staged, though more is to come.
    private static let chunkByteCount = 1 << 17

    init(broker: BrokerLoop, transport: Transport) {
        self.broker = broker
        self.transport = transport
    }

    // MARK: From the client

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) { begin(context) }

    private func begin(_ context: ChannelHandlerContext) {
        guard id == nil else { return }
        guard case .tls = transport else {
            id = broker.open(self, principal: nil)
            broker.settle()
            return
        }
        guard handshake == nil else { return }
        let limit = TimeAmount.seconds(Int64(broker.limits.handshakeSeconds))
        handshake = context.eventLoop.assumeIsolated().scheduleTask(in: limit) {
            context.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if id == nil, !isOver {
            guard case .tls(let principal) = transport else { return }
            handshake?.cancel()
            id = broker.open(self, principal: principal(context))
        }
        guard let id else { return }
        var bytes = unwrapInboundIn(data)
        if held != nil {
            held?.writeBuffer(&bytes)
        } else if !hasSpoken, watch != nil {
            hold(bytes, context)
        } else {
            hasSpoken = watch != nil
            bytes.withUnsafeReadableBytes { broker.receive($0, on: id, of: self) }
        }
    }

    /// Lets those who wait at the door come in before this client is heard for the first time since
    /// its CONNECT: where many claim one client id at once, the one that came last has it, and none
    /// of the others is answered once that one has come.
    private func hold(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        held = bytes
        let eventLoop = context.eventLoop.assumeIsolated()
        func wait(turns: Int) {
            guard turns > 0 else { return release() }
            eventLoop.scheduleTask(in: .microseconds(50)) { wait(turns: turns - 1) }
        }
        // A turn of the loop accepts those who wait; if there were any, the next ones read what
        // they sent. A client that comes alone waits for the one turn, once.
        eventLoop.scheduleTask(in: .microseconds(50)) { [self] in
            guard let id else { return release() }
            wait(turns: broker.isCrowded(besides: id) ? 2 : 0)
        }
    }

    private func release() {
        guard let bytes = held else { return }
        held = nil
        hasSpoken = true
        guard let id else { return }
        bytes.withUnsafeReadableBytes { broker.receive($0, on: id, of: self) }
        broker.settle()
        resumeReading()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        broker.settle()
        context.fireChannelReadComplete()
        broker.stayAwake()
    }

    func channelInactive(context: ChannelHandlerContext) {
        handshake?.cancel()
        release()
        isOver = true
        guard let id else { return }
        broker.transportEnded(id, self)
        broker.settle()
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// A reset, or bytes that are no TLS: the connection is of no more use.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    // MARK: To the client

    private var isOver = false

    /// What became of a packet for the client.
    enum Fate {
        case staged
        /// The client reads too slowly: of QoS 0 it gets no more for now.
        case dropped
        /// The client reads too slowly for anything: it has to go.
        case tooMuch
    }

    /// Stages a packet. `flush` sends it.
    func enqueue(_ packet: Packet) -> Fate {
        let waiting = staged.readableBytes
        if waiting >= broker.limits.droppingByteCount {
            if case .publish(let publish) = packet, publish.message.qos == .zero { return .dropped }
            guard waiting < broker.limits.closingByteCount else { return .tooMuch }
        }
        broker.encode(packet, into: &staged)
        if case .publish = packet {
        } else {
            stagedAnswerByteCount += staged.readableBytes - waiting
        }
        if staged.readableBytes >= Self.chunkByteCount { flush() }
        return .staged
    }

    /// Hands what is staged to the channel, if the client keeps up with reading.
    func flush() {
        guard let context, staged.readableBytes > 0 else { return }
        guard context.channel.isWritable else {
            isReadPaused = stagedAnswerByteCount >= broker.limits.unreadAnswerByteCount
            return
        }
        // The channel may call back before this returns: by then nothing is staged.
        var bytes = ByteBuffer()
        swap(&bytes, &staged)
        stagedAnswerByteCount = 0
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        // Once all is written the memory is ours again; `clear` finds out.
        guard bytes.capacity <= Self.keptCapacity, staged.capacity == 0 else { return }
        bytes.clear()
        staged = bytes
    }

    /// Ends the connection after what is staged.
    func end() {
        id = nil
        isOver = true
        guard let context else { return }
        if staged.readableBytes > 0 {
            var bytes = ByteBuffer()
            swap(&bytes, &staged)
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        }
        context.close(promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return }
        flush()
        isReadPaused = false
        resumeReading()
    }

    private func resumeReading() {
        guard hasPausedRead, !isReadPaused, held == nil else { return }
        hasPausedRead = false
        context?.read()
    }

    func read(context: ChannelHandlerContext) {
        if isReadPaused || held != nil {
            hasPausedRead = true
        } else {
            context.read()
        }
    }
}
