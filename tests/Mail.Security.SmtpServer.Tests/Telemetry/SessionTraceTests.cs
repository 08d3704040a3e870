using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Telemetry;

/// <summary>While one of these tests listens, every session of the process has activities, which cost memory: nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(ListeningTests), DisableParallelization = true)]
public sealed class ListeningTests;

/// <summary>The activities of sessions and transactions.</summary>
[Collection(nameof(ListeningTests))]
public sealed class SessionTraceTests
{
    private const string Envelope = MemorySession.Mail + MemorySession.Rcpt;

    [Fact]
    public void Session_WithMessages_IsTheParentOfItsTransactions()
    {
        using var seen = new Seen();
        using var session = new MemorySession();
        session.Send(MemorySession.Hello + Envelope + MemorySession.Data + "text\r\n.\r\n" + Envelope + "BDAT 6 LAST\r\ntext\r\n" + Envelope + "QUIT\r\n");
        Assert.Equal(SessionEndReason.Quit, session.End.Reason);
        var activities = seen.Of(session.Info.Id);
        Assert.Equal(["smtp.transaction", "smtp.transaction", "smtp.transaction", "smtp.session"], activities.Select(activity => activity.OperationName));
        Assert.All(activities[..3], transaction => Assert.Equal((activities[3].SpanId, activities[3].TraceId), (transaction.ParentSpanId, transaction.TraceId)));
        Assert.All(activities, activity => Assert.Equal((ActivityKind.Server, SmtpServerMetrics.MeterName), (activity.Kind, activity.Source.Name)));
        Assert.Equal(["accepted 1 6 250 2.0.0", "accepted 1 6 250 2.0.0", "aborted 0 0  "], activities[..3].Select(Result));
        Assert.Equal([ActivityStatusCode.Unset, ActivityStatusCode.Unset, ActivityStatusCode.Error, ActivityStatusCode.Unset], activities.Select(activity => activity.Status));
        Assert.Equal(
            "client.address= error.type= network.local.address=192.0.2.1 network.local.port=25 network.peer.address=192.0.2.7 network.peer.port=4711 network.protocol.name=smtp network.transport=tcp smtp.end=Quit smtp.messages=2",
            Tags(activities[3], "client.address", "error.type", "network.local.address", "network.local.port", "network.peer.address", "network.peer.port", "network.protocol.name", "network.transport", "smtp.end", "smtp.messages"));
    }

    [Theory]
    [InlineData(MemorySession.Data + "a\nb\r\n.\r\n", Hook.Connect, "refused 1 5 550 5.5.2", "550")]
    [InlineData(MemorySession.Data + "abc\r\n.\r\n", Hook.Complete, "refused 1 5 554 5.6.0", "554")]
    [InlineData(MemorySession.Data, Hook.Data, "refused 1 0 554 5.6.0", "554")]
    [InlineData("BDAT 5 LAST\r\nabc\r\n", Hook.Data, "refused 1 0 554 5.6.0", "554")]
    [InlineData("", Hook.Mail, "refused 0 0 554 5.6.0", "554")]
    [InlineData("RSET\r\n", Hook.Connect, "reset 0 0  ", "")]
    [InlineData("EHLO again.example\r\n", Hook.Connect, "reset 0 0  ", "")]
    [InlineData("BDAT 3\r\nabcRSET\r\n", Hook.Connect, "aborted 1 3  ", "aborted")]
    public void Transaction_OfEveryEnd_SaysWhatCameOfIt(string said, Hook refusing, string expected, string error)
    {
        using var seen = new Seen();
        using var session = new MemorySession(handler: new RecordingHandler { Refuse = hook => hook == refusing && hook != Hook.Connect ? new SmtpRefusal(554, new(5, 6, 0), "no") : null });
        session.Send(MemorySession.Hello + Envelope + said);
        var transaction = seen.Of(session.Info.Id).Single(activity => activity.OperationName == "smtp.transaction");
        Assert.Equal(expected, Result(transaction));
        Assert.Equal($"error.type={error}", Tags(transaction, "error.type"));
        Assert.Equal(error.Length > 0 ? ActivityStatusCode.Error : ActivityStatusCode.Unset, transaction.Status);
        session.Abort();
    }

    [Fact]
    public void Handler_InEveryCall_RunsInsideTheActivity()
    {
        using var seen = new Seen();
        var current = new Dictionary<Hook, string?>();
        using var session = new MemorySession(handler: new RecordingHandler
        {
            Interfere = (hook, _) =>
            {
                current[hook] = Activity.Current?.OperationName;
                return default;
            },
        });
        session.Send(MemorySession.Hello + Envelope + MemorySession.Data);
        session.Send("text\r\n.\r\n");
        Assert.Equal(("smtp.session", "smtp.session"), (current[Hook.Connect], current[Hook.Hello]));
        Assert.All([Hook.Mail, Hook.Recipient, Hook.Data, Hook.Write, Hook.Complete, Hook.Dispose], hook => Assert.Equal("smtp.transaction", current[hook]));
        Assert.Null(Activity.Current);
        session.Abort();
    }

    [Fact]
    public void Handler_Throws_IsAnEventOfTheTransaction()
    {
        using var seen = new Seen();
        using var session = new MemorySession(handler: new RecordingHandler { Interfere = RecordingHandler.ThrowIn(Hook.Complete) });
        session.Send(MemorySession.Hello + Envelope + MemorySession.Data + "text\r\n.\r\n");
        var transaction = seen.Of(session.Info.Id).Single(activity => activity.OperationName == "smtp.transaction");
        Assert.Equal("exception", Assert.Single(transaction.Events).Name);
        Assert.Equal((ActivityStatusCode.Error, "refused 1 6 451 4.3.0"), (transaction.Status, Result(transaction)));
        session.Abort();
    }

    [Fact]
    public void Session_BehindAProxy_TellsThePeerAndTheClient()
    {
        using var seen = new Seen();
        using var session = new MemorySession(options => options.ProxyProtocolSources = [IPNetwork.Parse("192.0.2.7/32")]);
        session.Send("PROXY TCP4 198.51.100.9 198.51.100.1 4096 25\r\n" + MemorySession.Hello + "GET / HTTP/1.1\r\n");
        var activity = Assert.Single(seen.Of(session.Info.Id));
        Assert.Equal("client.address=198.51.100.9 client.port=4096 error.type=NotSmtp network.peer.address=192.0.2.7", Tags(activity, "client.address", "client.port", "error.type", "network.peer.address"));
        Assert.Equal(ActivityStatusCode.Error, activity.Status);
    }

    [Fact]
    public void Session_UnderTls_TellsVersionAndCipher()
    {
        using var seen = new Seen();
        using var session = new MemorySession(tls: new TlsSessionInfo(System.Security.Authentication.SslProtocols.Tls13, System.Net.Security.TlsCipherSuite.TLS_AES_256_GCM_SHA384, "mx.example"));
        session.Send(MemorySession.Hello + Envelope + "QUIT\r\n");
        Assert.All(seen.Of(session.Info.Id), activity => Assert.Equal(
            "tls.cipher=TLS_AES_256_GCM_SHA384 tls.protocol.name=tls tls.protocol.version=1.3", Tags(activity, "tls.cipher", "tls.protocol.name", "tls.protocol.version")));
    }

    [Fact]
    public void Activities_HoldNoContentAndNoCredentials()
    {
        using var seen = new Seen();
        using var session = new MemorySession();
        session.Send("AUTH PLAIN c2VjcmV0\r\n" + MemorySession.Hello + Envelope + MemorySession.Data + "c2VjcmV0\r\n.\r\nQUIT\r\n");
        Assert.DoesNotContain(seen.Of(session.Info.Id).SelectMany(activity => activity.TagObjects), tag => tag.Value?.ToString()?.Contains("c2VjcmV0", StringComparison.Ordinal) == true);
    }

    private static string Result(Activity activity) => string.Join(' ', new[] { "smtp.result", "smtp.recipients", "smtp.size", "smtp.response.code", "smtp.response.status" }.Select(activity.GetTagItem));

    private static string Tags(Activity activity, params string[] names) => string.Join(' ', names.Select(name => $"{name}={activity.GetTagItem(name)}"));

    private sealed class Seen : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _stopped = new();
        private readonly ActivityListener _listener;

        public Seen()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == SmtpServerMetrics.MeterName,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = _stopped.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public Activity[] Of(string session) => [.. _stopped.Where(activity => session.Equals(activity.GetTagItem("smtp.session")))];

        public void Dispose() => _listener.Dispose();
    }
}
