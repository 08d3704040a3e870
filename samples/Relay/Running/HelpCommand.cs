using Relay.Configuration;

namespace Relay.Running;

/// <summary>Says how the relay is started and which settings there are.</summary>
internal static class HelpCommand
{
    public static int Print(TextWriter output)
    {
        output.WriteLine("""
            Relay                                   runs the relay
            Relay --config FILE --Key value ...     runs it with settings
            Relay demo                              shows what it does, on loopback alone
            Relay credential --Name NAME            reads a password from the standard input and writes the line of an account
                [--Hash Sha256|Sha512|Sha1] [--Iterations NUMBER]
            Relay queue [--Domain NAME] [--Message ID]
                --config FILE --Key value ...       lists what waits and why, one line each, or all that is known of a message
            Relay transport --Message ID --Name NAME|none
                --config FILE --Key value ...       sets the transport of a queued message, or leaves it to the routes again
            Relay dnscheck [--Domains a,b]          looks at SPF, reverse names, EHLO names and MX as receivers of the mail do
                --config FILE --Key value ...
            Relay help                              prints this

            Settings, as keys of a JSON file, as RELAY_Key in the environment, or as --Key value:

            """);
        foreach (var setting in Settings.All)
            output.WriteLine($"  {setting.Key} [{setting.Default}]\n      {setting.Meaning}.");
        output.WriteLine("""

            Sections of a JSON file, read again while the relay runs; docs/operations.md lists their keys:

              Transports     the ways by which mail leaves, by name
              Routes         which mail takes which of them
              Destinations   demands and limits for recipient domains
            """);
        return ExitCode.Ok;
    }
}
