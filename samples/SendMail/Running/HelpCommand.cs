using SendMail.Configuration;

namespace SendMail.Running;

/// <summary>Says how the command is used and which settings there are.</summary>
internal static class HelpCommand
{
    public static int Print(TextWriter output)
    {
        output.WriteLine("""
            SendMail [options] [--] [recipient ...]   sends the message on the standard input
            SendMail --flush                          sends what is queued; -q does the same

              -t                 also sends to the recipients of To, Cc and Bcc
              -f, -r ADDRESS     the sender of the envelope; <> for none
              -F NAME            the name in a From field that is added
              -i, -oi            a line with only a dot does not end the message
              -N never|failure,delay,success   -R full|hdrs   -V ID   what notifications are wanted
              -odq               puts the message into the queue without trying
              -C, --config FILE  the configuration
              --require-tls      every hop must be secured, or the message comes back (REQUIRETLS)
              --tls-required-no  delivery goes before security (TLS-Required: No)
              --queue DIR        keeps what the server could not take yet
              --max-size BYTES   the largest message
              -v, --explain      prints what happened

            Other options of sendmail (-bm -B -e -h -L -m -n -o -O -p -U -x -X -A -G -d) are accepted, and mean nothing here.

            Settings, as keys of a JSON file or as SENDMAIL_Key in the environment:

            """);
        foreach (var setting in Settings.All)
            output.WriteLine($"  {setting.Key} [{setting.Default}]\n      {setting.Meaning}.");
        return ExitCode.Ok;
    }
}
