using Mail.Security.Transports;
using SendMail.Running;

namespace SendMail.Submitting;

/// <summary>The one place that says what outcomes and failures mean for the caller.</summary>
internal static class ResultTable
{
    /// <summary>The result of a recipient the session has told of.</summary>
    public static RecipientResult Of(RecipientOutcome outcome) => new(outcome.Path, outcome.Outcome, outcome.Outcome switch
    {
        DeliveryOutcome.Accepted => ExitCode.Ok,
        DeliveryOutcome.Refused => OfRefusal(outcome),
        _ => ExitCode.TemporaryFailure,
    }, outcome.Reply?.ToString() ?? outcome.Local?.ToString() ?? outcome.Detail);

    /// <summary>The exit code of a session that did not open. The message waits in any case: an account can be mended, and a server that is not the one meant may be again.</summary>
    public static int Of(SessionFailureKind kind) => kind switch
    {
        SessionFailureKind.NoMutualMechanism or SessionFailureKind.CredentialsRefused or SessionFailureKind.PasswordTransitionNeeded or SessionFailureKind.MechanismTooWeak
            or SessionFailureKind.AuthenticationRefused or SessionFailureKind.AuthenticationCommandRefused or SessionFailureKind.AuthenticationAborted => ExitCode.NoPermission,
        _ => ExitCode.TemporaryFailure,
    };

    // RFC 3463 §3.2, §3.7, §3.8: the subject of a status is the address (1), the content (6) or the policy (7). A server without statuses has its codes (RFC 5321 §4.2.2).
    private static int OfRefusal(RecipientOutcome outcome) => (outcome.Reply, outcome.Reply?.Status) switch
    {
        (null, _) => ExitCode.Unavailable,
        (_, { Subject: 1 }) when outcome.Stage == SmtpStage.Recipient => ExitCode.NoUser,
        (_, { Subject: 6 }) => ExitCode.DataError,
        (_, { Subject: 7 }) => ExitCode.NoPermission,
        ({ Code: 550 or 551 or 553 }, null) when outcome.Stage == SmtpStage.Recipient => ExitCode.NoUser,
        ({ Code: 530 or 535 }, null) => ExitCode.NoPermission,
        _ => ExitCode.Unavailable,
    };
}
