namespace SendMail.Configuration;

/// <summary>All settings.</summary>
internal static class Settings
{
    public static readonly Setting Server = new("Server", "", "The name of the submission server, which its certificate must have; needed");
    public static readonly Setting Port = new("Port", "", "Its port; empty takes 587, and 465 with implicit TLS");
    public static readonly Setting Tls = new("Tls", "StartTls", "How the session comes to TLS: StartTls or Implicit; there is no way without");
    public static readonly Setting Addresses = new("Addresses", "", "The addresses to connect to; empty looks the name of the server up");
    public static readonly Setting ExtraRoots = new("ExtraRoots", "", "PEM file with root certificates to trust besides those of the system");
    public static readonly Setting User = new("User", "", "The name to log in with; empty does not log in");
    public static readonly Setting PasswordFile = new("PasswordFile", "", "The file whose first line is the password, in UTF-8; only its owner may be able to change it, and only the owner and its group to read it");
    public static readonly Setting TokenFile = new("TokenFile", "", "In place of a password: the file whose first line is an OAuth 2.0 access token, under the same rule");
    public static readonly Setting Mechanisms = new("Mechanisms", "", "The SASL mechanisms that may be used; empty for all. The strongest both sides have is used");
    public static readonly Setting HostName = new("HostName", "", "The own name in EHLO and in Message-ID; empty takes the machine's name");
    public static readonly Setting Domain = new("Domain", "", "The domain of addresses that have none; empty takes HostName");
    public static readonly Setting Sender = new("Sender", "", "The sender when the command line names none; empty takes the name of the user at Domain");
    public static readonly Setting Queue = new("Queue", "", "The folder for messages the server could not take yet, which only its owner, this user, may write to; empty keeps none");
    public static readonly Setting QueueLifetime = new("QueueLifetime", "5d", "After how long a queued message is given up and moved into the folder 'failed' of the queue");
    public static readonly Setting MaxSize = new("MaxSize", "52428800", "The largest message in bytes");
    public static readonly Setting Timeout = new("Timeout", "5m", "The longest wait for the server at each step, 1s to 1h; the minimums of SMTP are the most");

    public static IReadOnlyList<Setting> All { get; } =
        [Server, Port, Tls, Addresses, ExtraRoots, User, PasswordFile, TokenFile, Mechanisms, HostName, Domain, Sender, Queue, QueueLifetime, MaxSize, Timeout];
}
