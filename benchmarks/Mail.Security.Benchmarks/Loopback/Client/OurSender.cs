using System.Net.Sockets;
using Mail.Security.Benchmarks.Loopback.Load;
using Mail.Security.Smtp;
using Mail.Security.Transports;

namespace Mail.Security.Benchmarks.Loopback.Client;

/// <summary>How our session is given its messages.</summary>
internal enum OurWay
{
    /// <summary>A feed: the next envelope goes with the end of the message before.</summary>
    Feed,

    /// <summary>One call for each message.</summary>
    OneByOne,

    /// <summary>A feed whose contents are read from a file.</summary>
    FromFile,
}

/// <summary>Our client session.</summary>
internal sealed class OurSender(OurWay way) : Sender
{
    private readonly string _file = Path.GetTempFileName();
    private SmtpClientSession _session = null!;
    private MailItem _item;

    public override async Task OpenAsync(SendPlan plan)
    {
        var message = LoadScript.MessageOf(plan.Size, 0);
        await File.WriteAllBytesAsync(_file, message);
        MessageContent content = way == OurWay.FromFile ? new FileContent(_file, message.Length) : new BytesContent(message);
        _item = new MailItem(new SmtpEnvelope { ReversePath = MailPath.Parse("ann@load.example"), Recipients = [new SmtpRecipient(MailPath.Parse("bob@sink.example"))] }, content);
        var settings = new SmtpSessionSettings { HelloName = DomainName.Parse("client.load.example"), Tls = TlsUse.None };
        var stream = new NetworkStream(await ConnectAsync(plan, SocketDelay.None), ownsSocket: true);
        _session = ((SessionOpenResult.Opened)await SmtpClientSession.OpenAsync(stream, settings)).Session;
    }

    public override async Task<long> SendAsync(SendClock clock)
    {
        if (way != OurWay.OneByOne)
        {
            var feed = new ClockFeed(_item, clock);
            await _session.SendAllAsync(feed);
            return feed.Accepted;
        }
        var (report, count) = (new TransactionReport(), 0L);
        do
        {
            await _session.SendIntoAsync(_item, report);
            count += report.Accepted;
        }
        while (!clock.IsOver);
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        File.Delete(_file);
    }

    private sealed class ClockFeed(MailItem item, SendClock clock) : MailFeed
    {
        private bool _any;

        public long Accepted { get; private set; }

        public override bool TryTake(out MailItem next)
        {
            next = item;
            var more = !_any || !clock.IsOver;
            _any = true;
            return more;
        }

        public override void OnEnded(in MailItem ended, TransactionReport report)
        {
            if (report.Accepted != report.Count)
                throw new InvalidDataException(report.ToOutcome(0).Detail);
            Accepted++;
        }
    }

    private sealed class FileContent(string path, long length) : MessageContent
    {
        public override long Length => length;

        public override Stream OpenRead() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
    }
}
