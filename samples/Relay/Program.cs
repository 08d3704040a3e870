using Relay.Configuration;
using Relay.Demo;
using Relay.Running;

var line = CommandLine.Parse(args);
if (line.Problem is not null)
    return RunCommand.Refuse([line.Problem]);
return line.Command switch
{
    "help" => HelpCommand.Print(Console.Out),
    "demo" when line.Values.Count > 0 || line.File is not null => RunCommand.Refuse(["demo takes no settings."]),
    "credential" => CredentialCommand.Run(line, Console.Out),
    "dnscheck" => await DnsCheckCommand.RunAsync(line, Console.Out),
    "queue" => await QueueCommand.RunAsync(line, Console.Out),
    "transport" => await TransportCommand.RunAsync(line, Console.Out),
    "demo" => await DemoCommand.RunAsync(Console.Out),
    _ => await RunCommand.RunAsync(line),
};
