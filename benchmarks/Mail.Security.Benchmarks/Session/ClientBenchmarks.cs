using BenchmarkDotNet.Attributes;
using Mail.Security.Benchmarks.Loopback.Load;
using Mail.Security.Benchmarks.Wire;
using Mail.Security.Smtp;
using Mail.Security.Transports;

namespace Mail.Security.Benchmarks.Session;

/// <summary>One message through a client session, without a socket: the client's own work for it.</summary>
/// <remarks>The floor writes the same bytes, made before, in the same blocks to the same stream and reads as many replies, and looks at none of them.</remarks>
public class ClientBenchmarks : IDisposable
{
    private const int Block = 16 * 1024;

    private static readonly SmtpEnvelope Envelope = new() { ReversePath = MailPath.Parse("ann@load.example"), Recipients = [new SmtpRecipient(MailPath.Parse("bob@sink.example"))] };

    private readonly TransactionReport _report = new();
    private readonly byte[] _heard = new byte[512];
    private readonly SinkStream _sink = new();
    private readonly SinkStream _floor = new();
    private SmtpClientSession _session = null!;
    private OneFeed _feed = null!;
    private MailItem _item;
    private MailItem _streamed;
    private byte[] _envelope = [];
    private byte[] _content = [];

    [Params(1024, 100 * 1024, 10 * 1024 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Agree()
    {
        var message = LoadScript.MessageOf(Size, 0);
        _envelope = [.. System.Text.Encoding.ASCII.GetBytes($"MAIL FROM:<ann@load.example> SIZE={Size}\r\n"), .. LoadScript.Recipient, .. LoadScript.Data];
        _content = [.. message, .. ".\r\n"u8];
        _item = new MailItem(Envelope, new BytesContent(message));
        _streamed = new MailItem(Envelope, new StreamedContent(message));
        _feed = new OneFeed(_item);
        var settings = new SmtpSessionSettings { HelloName = DomainName.Parse("bench.example"), Tls = TlsUse.None };
        _session = ((SessionOpenResult.Opened)Done(SmtpClientSession.OpenAsync(_sink, settings))).Session;
        _ = _floor.Read(_heard);
        foreach (var (name, ours) in (IEnumerable<(string, Func<long>)>)[("one", Send_One), ("feed", Send_Feed), ("streamed", Send_Streamed)])
            Agreement.OnNumber(Floor_Send(), ours(), $"bytes sent, {name}");
    }

    [Benchmark, Against(nameof(Floor_Send))]
    public long Send_One() => Send(_item);

    [Benchmark, Against(nameof(Floor_Send))]
    public long Send_Feed()
    {
        var before = _sink.Received;
        _feed.Left = 1;
        if (Done(_session.SendAllAsync(_feed)) != SessionState.Reusable)
            throw new InvalidOperationException("The session is broken.");
        return _sink.Received - before;
    }

    [Benchmark, Against(nameof(Floor_Send))]
    public long Send_Streamed() => Send(_streamed);

    [Benchmark]
    public long Floor_Send()
    {
        var before = _floor.Received;
        _floor.Write(_envelope);
        _ = _floor.Read(_heard);
        for (var at = 0; at < _content.Length; at += Block)
            _floor.Write(_content.AsSpan(at, Math.Min(Block, _content.Length - at)));
        _ = _floor.Read(_heard);
        return _floor.Received - before;
    }

    public void Dispose()
    {
        _sink.Dispose();
        _floor.Dispose();
        GC.SuppressFinalize(this);
    }

    private static T Done<T>(ValueTask<T> work) => work.IsCompletedSuccessfully ? work.Result : throw new InvalidOperationException("Nothing here has to be waited for.");

    private static void Done(ValueTask work)
    {
        if (!work.IsCompletedSuccessfully)
            throw new InvalidOperationException("Nothing here has to be waited for.");
        work.GetAwaiter().GetResult();
    }

    private long Send(MailItem item)
    {
        var before = _sink.Received;
        Done(_session.SendIntoAsync(item, _report));
        if (_report.Accepted != 1)
            throw new InvalidOperationException("The message was not accepted.");
        return _sink.Received - before;
    }

    private sealed class OneFeed(MailItem item) : MailFeed
    {
        public int Left { get; set; }

        public override bool TryTake(out MailItem next)
        {
            next = item;
            return Left-- > 0;
        }

        public override void OnEnded(in MailItem ended, TransactionReport report)
        {
            if (report.Accepted != 1)
                throw new InvalidOperationException("The message was not accepted.");
        }
    }

    private sealed class StreamedContent(byte[] bytes) : MessageContent
    {
        public override long Length => bytes.Length;

        public override Stream OpenRead() => new MemoryStream(bytes, writable: false);
    }
}
