using System.Text;
using Mail.Security;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;
using Microsoft.Extensions.Time.Testing;
using SendMail.Queueing;
using SendMail.Running;

namespace SendMail.Tests;

/// <summary>What is kept when the server cannot take it, and how it leaves.</summary>
public sealed class QueueTests
{
    private static readonly SmtpRefusal Busy = new(451, new EnhancedStatus(4, 3, 2), "busy");

    [Fact]
    public async Task Flush_WhatWaited_IsSentAsItWasAsked()
    {
        await using var server = new SubmissionServer { Judge = (_, _) => Task.FromResult<SmtpRefusal?>(Busy) };
        using var bench = new Bench(server.Port);

        var (code, _, error) = await bench.RunAsync("Subject: Übung\n\ntext\n", ["--queue", bench.Queue, "--require-tls", "-f", "me@client.test", "jörg@far.test", "eve@far.test"]);
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("eve@far.test: queued: 451 4.3.2", error, StringComparison.Ordinal);
        Assert.Single(bench.Queued);

        Assert.Equal(ExitCode.TemporaryFailure, (await bench.RunAsync("--queue", bench.Queue, "--flush")).Code);
        server.Judge = null;
        Assert.Equal(ExitCode.Ok, (await bench.RunAsync("--queue", bench.Queue, "-q")).Code);

        var (envelope, content) = Assert.Single(server.Taken);
        Assert.Empty(bench.Queued);
        Assert.Equal(("me@client.test", TlsDemand.RequireTls, true, BodyType.EightBitMime), ($"{envelope.ReversePath}", envelope.TlsDemand, envelope.SmtpUtf8, envelope.Body));
        Assert.Equal(["jörg@far.test", "eve@far.test"], envelope.Recipients.Select(recipient => recipient.Path.ToString()));
        Assert.EndsWith("Subject: Übung\r\n\r\ntext\r\n", content, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, (await bench.RunAsync("--queue", bench.Queue, "--flush")).Code);
        Assert.Single(server.Taken);
    }

    [Theory]
    [InlineData("Port", "1")]
    [InlineData("Server", "other.test")]
    [InlineData("Mechanisms", "CRAM-MD5")]
    public async Task Run_NoSession_QueuesTheMessage(string setting, string value)
    {
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);
        var right = bench.Settings.GetValueOrDefault(setting, "");
        bench.Settings[setting] = value;
        bench.Settings["Queue"] = bench.Queue;

        var (code, output, _) = await bench.RunAsync("-v", "bob@far.test");
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("queued: " + Path.GetFileName(Assert.Single(bench.Queued)), output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.TemporaryFailure, (await bench.RunAsync("--flush")).Code);

        bench.Settings[setting] = right;
        Assert.Equal(ExitCode.Ok, (await bench.RunAsync("--flush")).Code);
        Assert.Single(server.Taken);
    }

    [Fact]
    public async Task Run_SomeWait_OnlyTheyAreQueued()
    {
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);
        bench.Settings["Queue"] = bench.Queue;

        Assert.Equal(ExitCode.NoUser, (await bench.RunAsync("bob@far.test", "later@far.test", "nobody@far.test")).Code);

        Assert.Equal("bob@far.test", Assert.Single(Assert.Single(server.Taken).Envelope.Recipients).Path.ToString());
        Assert.Equal("later@far.test", Assert.Single(MailFolder.Read(Assert.Single(bench.Queued)).Mail.Envelope.Recipients).Path.ToString());
    }

    [Fact]
    public async Task Flush_RecipientsThatFail_AreKeptAside()
    {
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);
        bench.Settings["Queue"] = bench.Queue;
        Assert.Equal(ExitCode.Ok, (await bench.RunAsync("-odq", "bob@far.test", "later@far.test", "nobody@far.test")).Code);
        Assert.Equal(0, server.Sessions);

        Assert.Equal(ExitCode.NoUser, (await bench.RunAsync("--flush")).Code);
        Assert.Equal("later@far.test", Assert.Single(MailFolder.Read(Assert.Single(bench.Queued)).Mail.Envelope.Recipients).Path.ToString());
        var failed = Assert.Single(Directory.GetFiles(Path.Combine(bench.Queue, "failed"), "*.mail"));
        Assert.Equal("nobody@far.test", Assert.Single(MailFolder.Read(failed).Mail.Envelope.Recipients).Path.ToString());
        Assert.Contains("550 5.1.1", File.ReadAllText(Path.ChangeExtension(failed, ".txt")), StringComparison.Ordinal);
        Assert.Equal("bob@far.test", Assert.Single(Assert.Single(server.Taken).Envelope.Recipients).Path.ToString());
    }

    [Fact]
    public async Task Flush_OlderThanTheLifetime_IsGivenUp()
    {
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);
        bench.Settings["Queue"] = bench.Queue;
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        bench.Time = time;
        await bench.RunAsync("later@far.test");
        Assert.Single(bench.Queued);

        time.Advance(TimeSpan.FromDays(6));
        Assert.Equal(ExitCode.TemporaryFailure, (await bench.RunAsync("--flush")).Code);
        Assert.Empty(bench.Queued);
        Assert.Single(Directory.GetFiles(Path.Combine(bench.Queue, "failed"), "*.mail"));
    }

    [Fact]
    public async Task Flush_ManyMessages_GoOverOneSessionInOrder()
    {
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);
        bench.Settings["Queue"] = bench.Queue;
        foreach (var number in Enumerable.Range(1, 5))
        {
            await bench.RunAsync($"Subject: {number}\n\n", ["-odq", "bob@far.test"]);
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }

        Assert.Equal(ExitCode.Ok, (await bench.RunAsync("--flush")).Code);
        Assert.Equal(1, server.Sessions);
        Assert.Equal(Enumerable.Range(1, 5).Select(number => $"Subject: {number}\r\n\r\n"), server.Taken.Select(taken => taken.Content[taken.Content.IndexOf("Subject", StringComparison.Ordinal)..]));
    }

    [Fact]
    public async Task Flush_BesideAnother_LeavesItToThat()
    {
        using var bench = new Bench(1);
        bench.Settings["Queue"] = bench.Queue;
        using (new MailFolder(bench.Queue, TimeProvider.System).TryLock())
        {
            var (code, _, error) = await bench.RunAsync("--flush");
            Assert.Equal(ExitCode.TemporaryFailure, code);
            Assert.Contains("Another process", error, StringComparison.Ordinal);
        }
        Assert.Equal(ExitCode.Ok, (await bench.RunAsync("--flush")).Code);
    }

    // What a machine leaves that stopped while a message was written, at every place.
    [Fact]
    public async Task Flush_AfterAWriterDied_SendsNothingByHalves()
    {
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);
        bench.Settings["Queue"] = bench.Queue;
        await bench.RunAsync("-odq", "bob@far.test");
        var whole = await File.ReadAllBytesAsync(Assert.Single(bench.Queued), TestContext.Current.CancellationToken);
        File.Delete(bench.Queued[0]);
        for (var length = 0; length < whole.Length; length += 7)
            await File.WriteAllBytesAsync(Path.Combine(bench.Queue, $"{length:D6}.mail.tmp"), whole[..length], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(bench.Queue, "damaged.mail"), whole[..^1], TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(Path.Combine(bench.Queue, "000000.mail.tmp"), DateTime.UtcNow.AddDays(-1));

        var (code, _, error) = await bench.RunAsync("--flush");

        Assert.Equal(ExitCode.DataError, code);
        Assert.Contains("damaged.mail: it is not whole", error, StringComparison.Ordinal);
        Assert.Empty(server.Taken);
        Assert.False(File.Exists(Path.Combine(bench.Queue, "000000.mail.tmp")));
        Assert.True(File.Exists(Path.Combine(bench.Queue, "000007.mail.tmp")));
        Assert.True(File.Exists(Path.Combine(bench.Queue, "failed", "damaged.mail")));
    }

    [Fact]
    public async Task Run_QueueThatCannotBeWritten_IsIOErrorBeforeAnythingIsSent()
    {
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);
        bench.Settings["Queue"] = Path.Combine(bench.At("password"), "queue");

        Assert.Equal(ExitCode.IOError, (await bench.RunAsync("bob@far.test")).Code);
        Assert.Equal(0, server.Sessions);
    }

    [Fact]
    public async Task Run_FilesOfTheQueue_AreForTheirOwner()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("no such modes");
            return;
        }
        using var bench = new Bench(1);
        bench.Settings["Queue"] = bench.Queue;
        await bench.RunAsync("bob@far.test");

        const UnixFileMode readWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal((readWrite | UnixFileMode.UserExecute, readWrite), (File.GetUnixFileMode(bench.Queue), File.GetUnixFileMode(Assert.Single(bench.Queued))));
    }

    [Theory]
    [InlineData("bob@far.test")]
    [InlineData("--flush")]
    [Trait("rfc", "5321#4.5.3.2.6")]
    public async Task Run_StoppedBeforeTheLastReply_WaitsForItAndBeginsNoMore(string argument)
    {
        var (held, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = new SubmissionServer { Judge = async (_, _) =>
        {
            held.TrySetResult();
            await go.Task;
            return null;
        } };
        using var bench = new Bench(server.Port);
        bench.Settings["Queue"] = bench.Queue;
        var waiting = argument == "--flush" ? 2 : 0;
        for (var message = 0; message < waiting; message++)
            await bench.RunAsync("-odq", "bob@far.test");
        using var stop = new CancellationTokenSource();
        var running = bench.RunAsync(new MemoryStream(Encoding.UTF8.GetBytes(Bench.Message)), [argument], stop.Token);
        await held.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        await stop.CancelAsync();
        go.SetResult();

        Assert.Equal(waiting > 0 ? ExitCode.TemporaryFailure : ExitCode.Ok, (await running).Code);
        Assert.Single(server.Taken);
        Assert.Equal(Math.Max(0, waiting - 1), bench.Queued.Length);
    }

    [Fact]
    public async Task Run_StoppedAfterSomeHaveIt_OnlyTheOthersAreQueued()
    {
        var held = new TaskCompletionSource();
        await using var server = new SubmissionServer(change: options => (options.MaxRecipients, options.Features) = (100, options.Features | SmtpServerFeatures.Limits))
        {
            Judge = (envelope, token) => envelope.Recipients[0].Path.LocalPart == "u0" ? Task.FromResult<SmtpRefusal?>(null) : Hold(held, token),
        };
        using var bench = new Bench(server.Port);
        bench.Settings["Queue"] = bench.Queue;
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        bench.Time = time;
        using var stop = new CancellationTokenSource();
        var running = bench.RunAsync(new MemoryStream(Encoding.UTF8.GetBytes(Bench.Message)), [.. Enumerable.Range(0, 101).Select(static number => $"u{number}@far.test")], stop.Token);
        if (await Task.WhenAny(held.Task, running).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken) == running)
            Assert.Fail((await running).Error);

        await stop.CancelAsync();
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(ExitCode.Ok, (await running).Code);
        Assert.Equal(100, Assert.Single(server.Taken).Envelope.Recipients.Count);
        Assert.Equal("u100@far.test", Assert.Single(MailFolder.Read(Assert.Single(bench.Queued)).Mail.Envelope.Recipients).Path.ToString());
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public async Task Run_QueueThatOthersMayWriteTo_IsConfigurationAndNothingOfItIsSent(UnixFileMode open)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("no such modes");
            return;
        }
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);
        bench.Settings["Queue"] = bench.Queue;
        await bench.RunAsync("-odq", "bob@far.test");
        File.SetUnixFileMode(bench.Queue, File.GetUnixFileMode(bench.Queue) | open);
        Directory.CreateSymbolicLink(bench.At("link"), bench.Queue);

        foreach (var folder in new[] { bench.Queue, bench.At("link") })
        {
            bench.Settings["Queue"] = folder;
            var (code, _, error) = await bench.RunAsync("--flush");
            Assert.Equal(ExitCode.Configuration, code);
            Assert.Contains("chmod", error, StringComparison.Ordinal);
        }
        Assert.Equal(0, server.Sessions);
    }

    // A stop while the server thinks, for too long: whether it took the message nobody knows, so it waits.
    [Fact]
    public async Task Run_StoppedWhileTheServerHoldsTheMessage_QueuesIt()
    {
        var held = new TaskCompletionSource();
        await using var server = new SubmissionServer { Judge = (_, token) => Hold(held, token) };
        using var bench = new Bench(server.Port);
        bench.Settings["Queue"] = bench.Queue;
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        bench.Time = time;
        using var stop = new CancellationTokenSource();
        var running = bench.RunAsync(new MemoryStream(Encoding.UTF8.GetBytes(Bench.Message)), ["bob@far.test"], stop.Token);
        await held.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        await stop.CancelAsync();
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(ExitCode.Ok, (await running).Code);
        Assert.Single(bench.Queued);
    }

    [Fact]
    public async Task Flush_KilledInTheMiddle_LosesNothingAndLeavesNoLock()
    {
        var held = new TaskCompletionSource();
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);
        bench.Settings["Queue"] = bench.Queue;
        foreach (var recipient in new[] { "one@far.test", "two@far.test", "three@far.test" })
        {
            await bench.RunAsync("-odq", recipient);
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
        server.Judge = (envelope, token) => envelope.Recipients[0].Path.LocalPart == "two" ? Hold(held, token) : Task.FromResult<SmtpRefusal?>(null);

        using (var process = bench.Start("--flush"))
        {
            await held.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
            Assert.Equal(ExitCode.TemporaryFailure, (await bench.RunAsync("--flush")).Code);       // the lock is held
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Assert.Equal(2, bench.Queued.Length);
        server.Judge = null;

        Assert.Equal(ExitCode.Ok, (await bench.RunAsync("--flush")).Code);
        Assert.Equal(["one", "two", "three"], server.Taken.Select(taken => taken.Envelope.Recipients[0].Path.LocalPart));
    }

    [Fact]
    public async Task Process_AsCallersStartIt_SendsAndTells()
    {
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);
        using var process = bench.Start("-t", "-i");
        await process.StandardInput.WriteAsync(Bench.Message);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

        Assert.Equal((ExitCode.Ok, ""), (process.ExitCode, await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)));
        Assert.Single(server.Taken);
    }

    private static async Task<SmtpRefusal?> Hold(TaskCompletionSource held, CancellationToken cancellationToken)
    {
        held.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Busy;
    }
}
