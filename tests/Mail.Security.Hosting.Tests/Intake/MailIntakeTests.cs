using System.Buffers;
using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Xunit;
using Mail.Security.Queue;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Hosting.Tests.Intake;

public sealed class MailIntakeTests : IDisposable
{
    private const string Message = "Subject: hello\r\n\r\nbody\r\n";
    private readonly string _folder = Directory.CreateTempSubdirectory("intake-").FullName;
    private readonly RecordingStore _store = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private int _queued;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("rfc", "5321#4.4")]
    public async Task Complete_WholeMessage_IsQueuedBehindAReceivedField()
    {
        var result = await SendAsync(Message, Envelope("user@example.com"));

        Assert.Equal("queued as 1", Assert.IsType<SmtpSubmissionResult.Accepted>(result).Text);
        var (message, content) = Assert.Single(_store.Added);
        Assert.StartsWith("Received: from unknown ([192.0.2.9]) by relay.example.org with SMTP", content, StringComparison.Ordinal);
        Assert.Contains("for <user@example.com>", content, StringComparison.Ordinal);
        Assert.Contains("; Fri, 02 Jan 2026 03:04:05 +0000\r\n", content.Replace("\r\n    ", " ", StringComparison.Ordinal).Replace("\r\n   ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.EndsWith("\r\n" + Message, content, StringComparison.Ordinal);
        Assert.Equal((_time.GetUtcNow(), 1), (message.Received, _queued));
    }

    [Theory]                                                    // who is not known puts no mail before others, and has no message of his choice sent back
    [InlineData("192.0.2.9", 9, DsnReturn.Full, 0, DsnReturn.HeadersOnly)]
    [InlineData("192.0.2.9", -3, DsnReturn.HeadersOnly, -3, DsnReturn.HeadersOnly)]
    [InlineData("192.0.2.9", null, DsnReturn.Unspecified, null, DsnReturn.Unspecified)]
    [InlineData("198.51.100.1", 9, DsnReturn.Full, 9, DsnReturn.Full)]
    [Trait("rfc", "6710#4.1")]
    public async Task Mail_Wishes_OfKnownClientsOnly(string client, int? priority, DsnReturn content, int? granted, DsnReturn returned)
    {
        var options = new MailIntakeOptions { HostName = DomainName.Parse("relay.example.org"), SpoolFolder = _folder };
        options.RelayNetworks.Add(IPNetwork.Parse("198.51.100.0/24"));
        var envelope = new SmtpEnvelopeBuilder { RequestedPriority = priority, Return = content };

        Assert.Null(await new MailIntake(_store, options, _time).OnMailAsync(new SmtpSessionInfo(new IPEndPoint(IPAddress.Parse(client), 4242), null), envelope, TestContext.Current.CancellationToken));

        Assert.Equal((granted, returned), (envelope.RequestedPriority, envelope.Return));
    }

    // The store has it: whatever else befell it, the client would send it again.
    [Fact]
    public async Task Complete_WithALogThatThrows_IsAccepted()
    {
        var intake = new MailIntake(_store, new MailIntakeOptions { HostName = DomainName.Parse("relay.example.org"), SpoolFolder = _folder }, _time, new BrokenLogger<MailIntake>());

        Assert.IsType<SmtpSubmissionResult.Accepted>(await SendAsync(intake, Message, Envelope("user@example.com")));
        Assert.Single(_store.Added);
    }

    [Theory]
    [InlineData("Subject: x\r\n\r\n", TlsDemand.Default, TlsDemand.Default)]
    [InlineData("TLS-Required: No\r\n\r\n", TlsDemand.Default, TlsDemand.TlsRequiredNo)]
    [InlineData("tls-required:\r\n no\r\n\r\n", TlsDemand.Default, TlsDemand.TlsRequiredNo)]
    [InlineData("TLS-Required: Maybe\r\n\r\n", TlsDemand.Default, TlsDemand.Default)]
    [InlineData("TLS-Required: No\r\nTLS-Required: No\r\n\r\n", TlsDemand.Default, TlsDemand.Default)]
    [InlineData("Subject: x\r\n\r\nTLS-Required: No\r\n", TlsDemand.Default, TlsDemand.Default)]
    [InlineData("TLS-Required: No\r\n\r\n", TlsDemand.RequireTls, TlsDemand.RequireTls)]
    [Trait("rfc", "8689#4.1")]
    public async Task Complete_HeaderAndParameter_JoinIntoTheDemand(string message, TlsDemand parameter, TlsDemand queued)
    {
        await SendAsync(message, Envelope("user@example.com") with { TlsDemand = parameter });

        var (added, content) = Assert.Single(_store.Added);
        Assert.Equal(queued, added.Envelope.TlsDemand);
        Assert.Equal(queued == TlsDemand.RequireTls, content.Contains("(requiretls)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2, null)]
    [InlineData(3, "554 5.4.6")]
    [Trait("rfc", "5321#6.3")]
    public async Task Complete_ManyReceivedFields_AreALoop(int fields, string? refusal)
    {
        var message = string.Concat(Enumerable.Repeat("Received: from a by b\r\n", fields)) + "\r\nbody\r\n";

        var result = await SendAsync(message, Envelope("user@example.com"), options => options.MaxReceivedFields = 2);

        Assert.Equal(refusal, Refusal(result));
        Assert.Equal(refusal is null ? 1 : 0, _store.Added.Count);
    }

    [Theory]
    [InlineData(StoreFailure.Full, "452 4.3.1")]
    [InlineData(StoreFailure.Locked, "451 4.3.0")]
    [InlineData(StoreFailure.Io, "451 4.3.0")]
    [InlineData(StoreFailure.ReadOnly, "451 4.3.0")]
    [InlineData(StoreFailure.Corrupt, "451 4.3.0")]
    [InlineData(StoreFailure.Incompatible, "451 4.3.0")]
    [InlineData(StoreFailure.Unspecified, "451 4.3.0")]
    public async Task Complete_StoreUnavailable_TellsTheClientToKeepTheMessage(StoreFailure reason, string refusal)
    {
        _store.Trouble = reason;

        Assert.Equal(refusal, Refusal(await SendAsync(Message, Envelope("user@example.com"))));
        Assert.Equal((0, 0), (_store.Added.Count, _queued));
    }

    [Fact]
    public void StoreReplies_EveryReason_IsTransient() =>
        Assert.All(Enum.GetValues<StoreFailure>(), reason => Assert.Equal(4, StoreReplies.For(reason).Status.Class));

    [Fact]
    public async Task Complete_BarePostmasterAndItsMailbox_IsOneRecipient()
    {
        Assert.True(MailPath.TryParse("Postmaster"u8, out var postmaster, out _));

        await SendAsync(Message, Envelope("admin@example.org") with { Recipients = [new(postmaster), new(MailPath.Parse("admin@example.org"))] }, options => options.Postmaster = MailPath.Parse("admin@example.org"));

        Assert.Equal("admin@example.org", Assert.Single(Assert.Single(_store.Added).Message.Envelope.Recipients).Path.ToString());
    }

    [Property(MaxTest = 60)]
    public async Task Spool_AnyLimitAndAnySlices_GivesTheSameBytesAndLeavesNoFile(NonEmptyArray<byte[]> slices, byte limit)
    {
        var written = slices.Get.Where(slice => slice is not null).ToList();
        using (var spool = new MessageSpool(_folder, limit))
        {
            foreach (var slice in written)
                await spool.WriteAsync(new ReadOnlySequence<byte>(slice), TestContext.Current.CancellationToken);
            var content = spool.ToContent("prefix"u8.ToArray());
            for (var reading = 0; reading < 2; reading++)
            {
                await using var stream = content.OpenRead();
                using var copy = new MemoryStream();
                await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);
                Assert.Equal("prefix"u8.ToArray().Concat(written.SelectMany(slice => slice)), copy.ToArray());
                Assert.Equal(content.Length, copy.Length);
            }
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Spool_BeyondItsLimit_HoldsNoMoreInMemory()
    {
        using var spool = new MessageSpool(_folder, 1000);
        await spool.WriteAsync(new(new byte[1000]), TestContext.Current.CancellationToken);
        Assert.False(spool.IsInFile);
        await spool.WriteAsync(new(new byte[1]), TestContext.Current.CancellationToken);
        Assert.True(spool.IsInFile);
        Assert.Equal(1001, spool.Length);
    }

    [Fact]
    public async Task Write_FolderIsGone_RefusesForNowAndReadsOn()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "gone")).FullName;
        var intake = Intake(options => (options.SpoolFolder, options.MaxMemoryPerMessage) = (folder, 0));
        Directory.Delete(folder);

        var result = await SendAsync(intake, Message, Envelope("user@example.com"));

        Assert.Equal("452 4.3.1", Refusal(result));
        Assert.Empty(_store.Added);
    }

    [Fact]
    public async Task Dispose_WithoutCompletion_LeavesNothing()
    {
        var sink = await SinkAsync(Intake(options => options.MaxMemoryPerMessage = 0), Envelope("user@example.com"));
        await sink.WriteAsync(new(Encoding.ASCII.GetBytes(Message)), TestContext.Current.CancellationToken);
        await sink.DisposeAsync();

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
        Assert.Empty(_store.Added);
    }

    private static string? Refusal(SmtpSubmissionResult result) =>
        result is SmtpSubmissionResult.Refused(var refusal) ? $"{refusal.Code} {refusal.Status}" : null;

    private static SmtpEnvelope Envelope(string recipient) => new()
    {
        ReversePath = MailPath.Parse("sender@example.net"),
        Recipients = [new(MailPath.Parse(recipient))],
    };

    private MailIntake Intake(Action<MailIntakeOptions>? configure = null)
    {
        var options = new MailIntakeOptions { HostName = DomainName.Parse("relay.example.org"), SpoolFolder = _folder };
        configure?.Invoke(options);
        return new MailIntake(_store, options, _time, queued: () => _queued++);
    }

    private Task<SmtpSubmissionResult> SendAsync(string message, SmtpEnvelope envelope, Action<MailIntakeOptions>? configure = null) =>
        SendAsync(Intake(configure), message, envelope);

    private static async Task<SmtpSubmissionResult> SendAsync(MailIntake intake, string message, SmtpEnvelope envelope)
    {
        await using var sink = await SinkAsync(intake, envelope);
        foreach (var line in message.Split('\n').SkipLast(1))
            await sink.WriteAsync(new(Encoding.Latin1.GetBytes(line + "\n")), TestContext.Current.CancellationToken);
        return await sink.CompleteAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<MessageSink> SinkAsync(MailIntake intake, SmtpEnvelope envelope)
    {
        var session = new SmtpSessionInfo(new IPEndPoint(IPAddress.Parse("192.0.2.9"), 4242), null);
        var decision = await intake.OnDataAsync(session, envelope, TestContext.Current.CancellationToken);
        return Assert.IsType<DataDecision.Receive>(decision).Sink;
    }
}
