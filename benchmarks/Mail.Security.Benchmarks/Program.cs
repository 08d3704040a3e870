using BenchmarkDotNet.Running;
using Mail.Security.Benchmarks;
using Mail.Security.Benchmarks.Budgets;
using Mail.Security.Benchmarks.Dane;
using Mail.Security.Benchmarks.Dns;
using Mail.Security.Benchmarks.Loopback;
using Mail.Security.Benchmarks.Loopback.Client;
using Mail.Security.Benchmarks.Results;
using Mail.Security.Benchmarks.Sasl;
using Mail.Security.Benchmarks.Soak;

return args switch
{
    ["wire"] => ResultsFile.Run("wire", "Wire floor", Floors.Wire),
    ["session"] => ResultsFile.Run("session", "Session floor", Floors.Session),
    ["dane", .. var rest] => await DaneCommand.RunAsync(rest),
    ["sasl", .. var rest] => await SaslCommand.RunAsync(rest),
    ["dns", .. var rest] => await DnsCommand.RunAsync(rest),
    ["budgets"] => BudgetCheck.Run([.. Floors.Wire, .. Floors.Session, .. Floors.Dane, .. Floors.Dns]),
    ["serve", .. var rest] => await ServeCommand.RunAsync(rest),
    ["accept-tls", .. var rest] => await AcceptTlsCommand.RunAsync(rest),
    ["send", .. var rest] => await SendCommand.RunAsync(rest),
    ["loopback", "client", .. var rest] => await ClientCommand.RunAsync(rest),
    ["loopback", .. var rest] => await LoopbackCommand.RunAsync(rest),
    ["soak", .. var rest] => await SoakCommand.RunAsync(rest),
    ["soak-server", .. var rest] => await SoakServer.RunAsync(rest),
    ["load", .. var rest] => await LoadCommand.RunAsync(rest),
    [] => Usage(),
    _ => BenchmarkSwitcher.FromAssembly(typeof(Floors).Assembly).Run(args, BenchmarkSettings.Create()).Any() ? 0 : 1,
};

static int Usage()
{
    Console.Error.WriteLine("""
        wire        runs the Wire floor and writes benchmarks/results/wire.md
        session     runs the Session floor and writes benchmarks/results/session.md
        dane        [--print]: verdicts by TLSA records beside X509Chain; writes benchmarks/results/dane.md
        sasl        [--print]: logins by SCRAM beside the derivation of their keys; writes benchmarks/results/sasl.md
        dns         [--print]: lookups from the cache, by the AD bit and validated here, against unbound; writes benchmarks/results/dns.md
        serve       [--port PORT] [--tls] [--pool] runs the server with a sink that discards, for load generators; sessions run inline unless --pool
        load        the load generator alone against a server on loopback; its options are told by `load --help`
        loopback    our server beside its baselines; benchmarks/loopback.sh prepares them and runs this
        loopback client   our client beside its baselines, over one connection to smtp-sink
        send        one client alone against a server on loopback; its options are told by `send --help`
        soak        [--minutes N | --seconds N] [--idle N] [--active N]: nothing may grow, stick, or be answered wrongly
        accept-tls  --port PORT: accepts and makes TLS handshakes only, the floor of STARTTLS
        budgets     runs every benchmark body once more than its warm-up and compares what it allocates with benchmarks/budgets.json
        --filter *  and every other argument of BenchmarkDotNet
        """);
    return 2;
}
