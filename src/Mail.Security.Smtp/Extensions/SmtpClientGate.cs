namespace Mail.Security.Smtp;

/// <summary>Whether a client may send an envelope over this connection, as an extension sees it.</summary>
public abstract record SmtpClientGate
{
    private SmtpClientGate()
    {
    }

    /// <summary>The envelope may go; the extension's parameters are in the list.</summary>
    public sealed record Proceed : SmtpClientGate
    {
        /// <summary>The one value: there is nothing more to say.</summary>
        public static Proceed Instance { get; } = new();
    }

    /// <summary>The envelope must not go over this connection. Nothing was sent for it; the connection stays usable.</summary>
    /// <param name="Refusal">Why, as every recipient's outcome.</param>
    public sealed record Refuse(SmtpRefusal Refusal) : SmtpClientGate;
}
