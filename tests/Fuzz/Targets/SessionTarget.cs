using Mail.Security.SmtpServer;

namespace Mail.Security.Fuzz.Targets;

/// <summary>Whole sessions: what a client sends from the greeting on.</summary>
internal static class SessionTarget
{
    public static void Run(byte[] input) => Run(input, 0, null);

    /// <summary>Runs the session however the input is cut; <paramref name="start"/> is where the first command is.</summary>
    public static void Run(byte[] input, int start, Action<SmtpServerOptions>? configure)
    {
        var whole = SessionBench.Run(input, [], configure);
        SessionModel.Verify(input, start, whole);
        Compare(whole, SessionBench.Run(input, Wire.Cuts(input, 0), configure));
        Compare(whole, SessionBench.Run(input, Wire.Cuts(input, 1), configure));
        Compare(whole, SessionBench.Run(input, Wire.Steps(input), configure));
    }

    private static void Compare(SessionBench whole, SessionBench cut)
    {
        Check.Same(whole.Output, cut.Output, "how the input is cut changes no answer");
        Check.Same(whole.Handler.Calls, cut.Handler.Calls, "how the input is cut changes no call");
        Check.Equal(whole.End.Reason, cut.End.Reason, "how the input is cut does not change the end");
        Check.Equal(whole.Handler.Accepted.Count, cut.Handler.Accepted.Count, "how the input is cut does not change what is accepted");
        for (var index = 0; index < whole.Handler.Accepted.Count; index++)
            Check.Same(whole.Handler.Accepted[index], cut.Handler.Accepted[index], "how the input is cut changes no message");
    }
}
