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
            Relay help                              prints this

            Settings, as keys of a JSON file, as RELAY_Key in the environment, or as --Key value:

            """);
        foreach (var setting in Settings.All)
            output.WriteLine($"  {setting.Key} [{setting.Default}]\n      {setting.Meaning}.");
        return ExitCode.Ok;
    }
}
