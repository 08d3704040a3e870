using System.Globalization;
using System.Net;
using System.Text;

namespace Interop.Tests.Clients;

/// <summary>Clients that are one command: swaks, curl, smtp-source and openssl.</summary>
public sealed class CommandClientTests(ClientWorld world) : IClassFixture<ClientWorld>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("dots", "", "", "DATA")]
    [InlineData("dot-first", "--pipeline", "", "DATA")]
    [InlineData("8bit", "--pipeline --tls --tls-protocol tlsv1_2", "TLS1.2", "")]
    [InlineData("long", "--tls --tls-protocol tlsv1_3", "TLS1.3", "")]
    [InlineData("large", "--pipeline", "", "DATA")]
    [InlineData("plain", "--protocol SSMTP --tls-on-connect", "TLS1.3", "")]
    [InlineData("plain", "--protocol SMTP", "", "DATA")]
    public async Task Send_BySwaks_ArrivesToTheByte(string name, string options, string version, string transfer)
    {
        ClientWorld.Require("swaks");
        await using var server = await RecordingServer.StartAsync(tlsStart: options.Contains("on-connect", StringComparison.Ordinal) ? Mail.Security.SmtpServer.TlsStart.Immediately : default);
        var letter = Letter.Make(name);

        (await SwaksAsync(server, $"{options} --no-data-fixup", await world.FileAsync(RawClient.Stuffed(letter.Content)[..^2]))).Check("swaks");

        var arrival = await server.TakeAsync(letter.Mark);
        arrival.AssertIs(letter.Content, letter.Mark);
        Assert.Equal((version, "ann@a.test", "bob@b.test eve@b.test"), (arrival.Tls, arrival.Envelope.ReversePath.ToString(), arrival.Recipients()));
        Assert.Equal(options.EndsWith("SMTP", StringComparison.Ordinal) ? "SMTP" : version.Length > 0 ? "ESMTPS" : "ESMTP", arrival.Protocol);
        Assert.Equal(transfer, server.Tap.Transfer(letter.Mark));
        if (transfer.Length > 0)
            Assert.Equal(options == "--pipeline", server.Tap.IsPipelined(letter.Mark));
    }

    [Theory]
    [InlineData("--xclient-addr 198.51.100.9 --xclient-port 4096 --xclient-name host.test --xclient-no-verify", "198.51.100.9:4096")]
    [InlineData("--xclient-addr IPV6:2001:db8::1 --xclient-no-verify", "[2001:db8::1]:0")]
    [InlineData("--proxy-version 1 --proxy-family TCP4 --proxy-source 198.51.100.9 --proxy-source-port 4096 --proxy-dest 198.51.100.1 --proxy-dest-port 25", "198.51.100.9:4096")]
    [InlineData("--proxy-version 2 --proxy-family AF_INET --proxy-protocol STREAM --proxy-command PROXY --proxy-source 198.51.100.9 --proxy-source-port 4096 --proxy-dest 198.51.100.1 --proxy-dest-port 25", "198.51.100.9:4096")]
    public async Task Send_BySwaksForAnotherClient_TheSessionIsThatClients(string options, string client)
    {
        ClientWorld.Require("swaks");
        var proxies = options.StartsWith("--proxy", StringComparison.Ordinal);
        await using var server = await RecordingServer.StartAsync(settings =>
        {
            if (proxies)
                settings.ProxyProtocolSources = [IPNetwork.Parse("127.0.0.0/8")];
            else
                settings.XclientSources = [IPNetwork.Parse("127.0.0.0/8")];
        });
        var letter = Letter.Make("plain");

        (await SwaksAsync(server, $"{options} --no-data-fixup", await world.FileAsync(RawClient.Stuffed(letter.Content)[..^2]))).Check("swaks");

        Assert.Equal(client, (await server.TakeAsync(letter.Mark)).Client);
    }

    [Theory]
    [InlineData("dots", "clear")]
    [InlineData("dot-first", "starttls")]
    [InlineData("dot-last", "implicit")]
    [InlineData("empty", "clear")]
    [InlineData("8bit", "utf8")]
    [InlineData("large", "starttls")]
    public async Task Send_ByCurl_ArrivesToTheByte(string name, string way)
    {
        ClientWorld.Require("curl");
        await using var server = await RecordingServer.StartAsync(tlsStart: way == "implicit" ? Mail.Security.SmtpServer.TlsStart.Immediately : default);
        var letter = Letter.Make(name);
        string[] how = way switch { "starttls" => ["--ssl-reqd", "--tls-max", "1.2"], "implicit" => [], _ => [] };
        var recipient = way == "utf8" ? "b\u00F6b@b.test" : "bob@b.test";

        (await Command.RunAsync("curl",
            ["--silent", "--show-error", "--cacert", world.RootFile, "--resolve", $"{ClientWorld.Host}:{server.Port}:127.0.0.1", "--url", $"{(way == "implicit" ? "smtps" : "smtp")}://{ClientWorld.Host}:{server.Port}/client.test",
             "--mail-from", "ann@a.test", "--mail-rcpt", recipient, "--mail-rcpt", "eve@b.test", "--upload-file", await world.FileAsync(letter.Content), .. how], cancellationToken: Token)).Check("curl");

        var arrival = await server.TakeAsync(letter.Mark);
        arrival.AssertIs(letter.Content, letter.Mark);
        Assert.Equal((way switch { "starttls" => "TLS1.2", "implicit" => "TLS1.3", _ => "" }, $"{recipient} eve@b.test", "client.test"), (arrival.Tls, arrival.Recipients(), arrival.HelloName));
        Assert.Equal(letter.Content.Length, arrival.Envelope.Size);
    }

    [Theory]
    [InlineData("-s 16 -m 500 -l 4096 -r 1", 500, 1)]
    [InlineData("-s 4 -m 200 -l 200 -r 5 -d", 200, 5)]
    public async Task Send_BySmtpSource_EveryMessageArrives(string options, int messages, int recipients)
    {
        ClientWorld.Require("smtp-source");
        await using var server = await RecordingServer.StartAsync();

        (await Command.RunAsync("smtp-source", [.. options.Split(' '), "-f", "ann@a.test", "-t", "bob@b.test", $"inet:127.0.0.1:{server.Port}"], cancellationToken: Token)).Check("smtp-source");

        var arrivals = await server.TakeAllAsync(messages);
        Assert.Equal(messages, arrivals.Count);
        Assert.All(arrivals, arrival => Assert.Equal(recipients, arrival.Envelope.Recipients.Count));
        Assert.Single(arrivals.Select(arrival => arrival.Content.Length).GroupBy(length => length / 100));
        Assert.Equal(options.EndsWith("-d", StringComparison.Ordinal), server.Tap.Connections < messages);
    }

    [Theory, Trait("rfc", "3207#4")]
    [InlineData("-tls1_2", "TLS1.2")]
    [InlineData("-tls1_3", "TLS1.3")]
    public async Task Send_ByOpensslAsAScript_ArrivesToTheByte(string version, string seen)
    {
        ClientWorld.Require("openssl");
        await using var server = await RecordingServer.StartAsync();
        var letter = Letter.Make("dots");
        var script = Encoding.Latin1.GetString(RawClient.Script("MAIL FROM:<ann@a.test> BODY=8BITMIME", ["RCPT TO:<bob@b.test>"], letter));

        var run = await OpensslAsync(server, script, version, "-verify_return_error", "-verify_hostname", ClientWorld.Host, "-CAfile", world.RootFile);

        Assert.True(run.Code == 0 && run.Output.Contains("221 2.0.0 Bye", StringComparison.Ordinal), run.Output);
        var arrival = await server.TakeAsync(letter.Mark);
        arrival.AssertIs(letter.Content, letter.Mark);
        Assert.Equal((seen, "ESMTPS", "EightBitMime"), (arrival.Tls, arrival.Protocol, arrival.Mail()));
    }

    [Theory, Trait("rfc", "8996#2")]
    [InlineData("-tls1")]
    [InlineData("-tls1_1")]
    [InlineData("-tls1_2 -cipher NULL:@SECLEVEL=0")]
    [InlineData("-tls1_2 -cipher aNULL:@SECLEVEL=0")]
    [InlineData("-tls1_2 -cipher RC4:3DES:DES:EXPORT:@SECLEVEL=0")]
    public async Task Handshake_OfWeakOffers_Fails(string offer)
    {
        ClientWorld.Require("openssl");
        await using var server = await RecordingServer.StartAsync();
        var arguments = offer.Split(' ');
        if (arguments is [var old])
            arguments = [old, "-cipher", "ALL:@SECLEVEL=0"];

        var run = await OpensslAsync(server, "QUIT\r\n", arguments);

        Assert.NotEqual(0, run.Code);
        Assert.DoesNotContain("221 ", run.Output, StringComparison.Ordinal);
    }

    private static Task<CommandResult> OpensslAsync(RecordingServer server, string script, params string[] arguments) =>
        Command.RunAsync("openssl", ["s_client", "-starttls", "smtp", "-connect", $"127.0.0.1:{server.Port}", "-servername", ClientWorld.Host, "-quiet", .. arguments], input: script, cancellationToken: Token);

    private Task<CommandResult> SwaksAsync(RecordingServer server, string options, string file) =>
        Command.RunAsync("swaks",
            ["--server", "127.0.0.1", "--port", server.EndPoint.Port.ToString(CultureInfo.InvariantCulture), "--helo", "client.test", "--from", "ann@a.test", "--to", "bob@b.test,eve@b.test",
             "--tls-ca-path", world.RootFile, "--data", $"@{file}", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)], cancellationToken: Token);
}
