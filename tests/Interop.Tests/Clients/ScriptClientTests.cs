namespace Interop.Tests.Clients;

/// <summary>Clients of scripting languages: Python's smtplib and nodemailer.</summary>
public sealed class ScriptClientTests(ClientWorld world) : IClassFixture<ClientWorld>
{
    // A pinned version; fetched into a folder of the test's own.
    private const string Nodemailer = "nodemailer@10.6.0";

    private const string PythonScript = """
        import smtplib, ssl, sys
        port, root, path, tls, mail, rcpt = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5].split(), sys.argv[6].split()
        with open(path, 'rb') as letter:
            content = letter.read()
        sender, to = ('\u00e4nn@a.test', 'b\u00f6b@b.test') if 'SMTPUTF8' in mail else ('ann@a.test', 'bob@b.test')
        context = ssl.create_default_context(cafile=root)
        with (smtplib.SMTP_SSL('localhost', port, 'client.test', context=context) if tls == 'implicit' else smtplib.SMTP('localhost', port, 'client.test')) as smtp:
            if tls == 'starttls':
                smtp.starttls(context=context)
            print(smtp.noop(), smtp.verify('bob'), smtp.help())
            smtp.sendmail(sender, [to], content, mail, rcpt)
            smtp.sendmail(sender, [to], content, mail, rcpt)
        """;

    private const string NodeScript = """
        const [port, root, path, tls, pool] = process.argv.slice(2);
        const fs = require('fs');
        const transport = require('nodemailer').createTransport({
          host: '127.0.0.1', port: Number(port), name: 'client.test', pool: pool === 'pool', maxConnections: 3, secure: tls === 'implicit', ignoreTLS: tls === 'clear',
          requireTLS: tls === 'starttls', tls: { servername: 'mx.test', ca: fs.readFileSync(root), minVersion: 'TLSv1.2', maxVersion: tls === 'starttls' ? 'TLSv1.2' : 'TLSv1.3' } });
        const raw = fs.readFileSync(path);
        const send = () => transport.sendMail({ raw, envelope: { from: 'ann@a.test', to: ['bob@b.test', 'eve@b.test'] },
          dsn: { id: 'id-1', return: 'headers', notify: ['success', 'delay'], recipient: 'ann@a.test' } });
        Promise.all(pool === 'pool' ? Array.from({ length: 12 }, send) : [send()])
          .then(all => { console.log(all[0].response); transport.close(); }, error => { console.error(error); process.exitCode = 1; transport.close(); });
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("plain", "clear", "", "", "SevenBit", "bob@b.test")]
    [InlineData("dots", "clear", "", "", "SevenBit", "bob@b.test")]
    [InlineData("dot-first", "implicit", "", "", "SevenBit", "bob@b.test")]
    [InlineData("dot-last", "starttls", "", "", "SevenBit", "bob@b.test")]
    [InlineData("long", "starttls", "", "", "SevenBit", "bob@b.test")]
    [InlineData("large", "starttls", "", "", "SevenBit", "bob@b.test")]
    [InlineData("8bit", "clear", "BODY=8BITMIME", "", "EightBitMime", "bob@b.test")]
    [InlineData("8bit", "starttls", "BODY=8BITMIME SMTPUTF8", "", "EightBitMime SMTPUTF8", "b\u00F6b@b.test")]
    [InlineData("plain", "clear", "RET=HDRS ENVID=a+2Bb", "NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;x+2By@b.test", "SevenBit RET=HeadersOnly ENVID=a+b", "bob@b.test NOTIFY=Success,Failure ORCPT=rfc822;x+y@b.test")]
    public async Task Send_BySmtplib_ArrivesToTheByte(string name, string tls, string mail, string recipient, string mailSeen, string recipientSeen)
    {
        ClientWorld.Require("python3");
        await using var server = await RecordingServer.StartAsync(tlsStart: tls == "implicit" ? Mail.Security.SmtpServer.TlsStart.Immediately : default);
        var letter = Letter.Make(name);

        var run = (await Command.RunAsync("python3", ["-c", PythonScript, server.Port, world.RootFile, await world.FileAsync(letter.Content), tls, mail, recipient], cancellationToken: Token)).Check("python3");

        Assert.Contains("(250, b'2.0.0 OK') (252, b'2.5.0 Cannot verify", run.Output, StringComparison.Ordinal);
        foreach (var arrival in await server.TakeAllAsync(2))
        {
            arrival.AssertIs(letter.Content, letter.Mark);
            Assert.Equal((mailSeen, recipientSeen, tls == "clear" ? "" : "TLS1.3"), (arrival.Mail(), arrival.Recipients(), arrival.Tls));
        }
        if (tls == "clear")
            Assert.Equal("DATA", server.Tap.Transfer(letter.Mark));
    }

    [Theory]
    [InlineData("dots", "clear", "one")]
    [InlineData("dot-first", "starttls", "one")]
    [InlineData("8bit", "implicit", "one")]
    [InlineData("large", "clear", "one")]
    [InlineData("plain", "starttls", "pool")]
    public async Task Send_ByNodemailer_ArrivesToTheByte(string name, string tls, string pool)
    {
        ClientWorld.Require("node", "npm");
        var folder = world.Folder("nodemailer");
        await FetchAsync(folder);
        await using var server = await RecordingServer.StartAsync(tlsStart: tls == "implicit" ? Mail.Security.SmtpServer.TlsStart.Immediately : default);
        var letter = Letter.Make(name);
        var script = Path.Combine(folder, "send.js");
        await File.WriteAllTextAsync(script, NodeScript, Token);

        var run = (await Command.RunAsync("node", [script, server.Port, world.RootFile, await world.FileAsync(letter.Content), tls, pool], folder, cancellationToken: Token)).Check("node");

        Assert.Contains("250 2.0.0 kept", run.Output, StringComparison.Ordinal);
        var version = tls switch { "clear" => "", "starttls" => "TLS1.2", _ => "TLS1.3" };
        foreach (var arrival in await server.TakeAllAsync(pool == "pool" ? 12 : 1))
        {
            arrival.AssertIs(letter.Content, letter.Mark);
            Assert.Equal((version, "client.test"), (arrival.Tls, arrival.HelloName));
            Assert.Contains("RET=HeadersOnly ENVID=id-1", arrival.Mail(), StringComparison.Ordinal);
            Assert.Equal("bob@b.test NOTIFY=Success,Delay ORCPT=rfc822;ann@a.test eve@b.test NOTIFY=Success,Delay ORCPT=rfc822;ann@a.test", arrival.Recipients());
        }
    }

    private static async Task FetchAsync(string folder)
    {
        if (Directory.Exists(Path.Combine(folder, "node_modules", "nodemailer")))
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        try
        {
            var npm = await Command.RunAsync("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0", "--loglevel=error", Nodemailer], folder, cancellationToken: limit.Token);
            Assert.SkipWhen(npm.Code != 0, $"{Nodemailer} cannot be had: {npm.Output.Trim()}");
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            Assert.Skip($"{Nodemailer} cannot be had in time");
        }
    }
}
