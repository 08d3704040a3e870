using System.Threading.Channels;
using Mail.Security.Delivery;

namespace Mail.Security.Queue.Tests;

/// <summary>An agent that does what a test says and tells what it was asked.</summary>
internal sealed class ScriptedAgent(TimeProvider time) : IDeliveryAgent
{
    private readonly Channel<DeliveryRequest> _calls = Channel.CreateUnbounded<DeliveryRequest>();
    private int _running;

    public Func<DeliveryRequest, CancellationToken, Task<AttemptReport>>? Script { get; set; }

    public int Running => Volatile.Read(ref _running);

    public Task<DeliveryRequest> NextCallAsync() => Wait.For(_calls.Reader.ReadAsync().AsTask());

    public bool TryGetCall(out DeliveryRequest? call) => _calls.Reader.TryRead(out call);

    public async ValueTask<AttemptReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _running);
        _calls.Writer.TryWrite(request);
        try
        {
            return Script is { } script ? await script(request, cancellationToken) : Report(request, Disposition.Delivered);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>The same for all recipients.</summary>
    public AttemptReport Report(DeliveryRequest request, Disposition disposition) => Report(request, _ => disposition);

    public AttemptReport Report(DeliveryRequest request, Func<MailPath, Disposition> disposition) => new()
    {
        Started = time.GetUtcNow(),
        Duration = TimeSpan.Zero,
        Recipients = [.. request.Envelope.Recipients.Select(recipient => Recipient(recipient.Path, disposition(recipient.Path)))],
        Explanation = new AttemptExplanation { Domain = request.Domain, Attempt = request.Attempt, Demand = request.Envelope.TlsDemand, Verdict = "the verdict" },
    };

    private static RecipientReport Recipient(MailPath path, Disposition disposition) => disposition switch
    {
        Disposition.Delivered => new() { Recipient = path, Disposition = disposition, Status = new(2, 0, 0), Sentence = "Accepted.", RemoteHost = Host, RemoteReply = new(250, null, ["OK"]) },
        Disposition.Permanent => new() { Recipient = path, Disposition = disposition, Status = new(5, 1, 1), Sentence = "Refused.", RemoteHost = Host, RemoteReply = new(550, new(5, 1, 1), ["5.1.1 no such user"]) },
        _ => new() { Recipient = path, Disposition = disposition, Status = new(4, 4, 1), Sentence = "No host answered." },
    };

    private static DomainName Host { get; } = DomainName.Parse("mx.example.net");
}
