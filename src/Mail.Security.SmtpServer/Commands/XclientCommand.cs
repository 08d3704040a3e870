using System.Net;
using System.Net.Sockets;
using System.Text;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>What XCLIENT, an extension of Postfix, says of a client: the attributes given, and what stays as it was.</summary>
internal sealed record XclientCommand
{
    /// <summary>The line of EHLO.</summary>
    public const string EhloLine = "XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT";

    private const int MaxValue = 255;

    private Change<IPAddress> Address { get; set; }

    private Change<IPAddress> Destination { get; set; }

    private Change<string> Port { get; set; }

    private Change<string> DestinationPort { get; set; }

    private Change<string> Name { get; set; }

    private Change<string> Helo { get; set; }

    private Change<string> Login { get; set; }

    /// <summary>Says what is to be done about the command. No attribute is taken unless all are in order.</summary>
    public static Decision Decide(in SmtpCommand command, SessionState state)
    {
        if (state.Xclient == XclientRight.None)
            return Decision.Answer(command.Verb, Replies.XclientNotAllowed);
        if (state.Envelope is not null)
            return Decision.Answer(command.Verb, Replies.NestedMail);
        var client = new XclientCommand();
        var any = false;
        foreach (var range in command.Argument.Split((byte)' '))
        {
            var one = command.Argument[range];
            if (one.IsEmpty)
                continue;
            if (!client.TryRead(one))
                return Decision.Answer(command.Verb, Replies.XclientSyntax);
            any = true;
        }
        return any
            ? new Decision(SessionAction.Xclient, command.Verb) { Client = client }
            : Decision.Answer(command.Verb, Replies.XclientSyntax);
    }

    /// <summary>Makes the session's description say what the attributes do.</summary>
    public void Apply(SmtpSessionInfo session)
    {
        session.ProxyEndPoint ??= session.RemoteEndPoint;
        session.ClientSource = Address.Given ? SmtpClientSource.Xclient : session.ClientSource;
        session.RemoteEndPoint = End(session.RemoteEndPoint, Address, Port);
        session.LocalEndPoint = End(session.LocalEndPoint, Destination, DestinationPort);
        // Another address is another host: what was known of the former by name is not true of it.
        session.RemoteName = Name.Given ? Name.Value is { } name ? DomainName.ParseLax(name) : default : Address.Given ? default : session.RemoteName;
        session.HelloName = Helo.Given ? Helo.Value ?? "" : "";
        session.Login = Login.Given ? Login.Value : Address.Given ? null : session.Login;
        // A login by AUTH was that of the proxy, or of the client before; what the proxy says of its client's counts as one.
        session.Authentication = session.Login is { } login ? new(login, login, SmtpAuthentication.Xclient) : null;
    }

    private static IPEndPoint? End(EndPoint? before, Change<IPAddress> address, Change<string> port)
    {
        var former = before as IPEndPoint;
        var host = address.Given ? address.Value : former?.Address;
        var number = port.Given ? port.Value is { } text && AddressText.TryParsePort(text, out var parsed) ? parsed : 0 : address.Given ? 0 : former?.Port ?? 0;
        return host is null ? null : new IPEndPoint(host, number);
    }

    private bool TryRead(ReadOnlySpan<byte> attribute)
    {
        var equals = attribute.IndexOf((byte)'=');
        Span<byte> decoded = stackalloc byte[MaxValue];
        if (equals < 0 || attribute.Length - equals - 1 > MaxValue || !Xtext.TryDecode(attribute[(equals + 1)..], decoded, out var length) || length == 0 || !Ascii.IsValid(decoded[..length]))
            return false;
        var text = Encoding.ASCII.GetString(decoded[..length]);
        // Postfix tells "it has none" from "it could not be found out"; for us both mean that it is not known.
        var value = text is "[UNAVAILABLE]" or "[TEMPUNAVAIL]" ? null : text;
        return Encoding.ASCII.GetString(attribute[..equals]).ToUpperInvariant() switch
        {
            "NAME" => (value is null || DomainName.TryParseLax(value, out _)) && Set(Name = new(value)),
            "ADDR" => TryReadAddress(value, out var address) && Set(Address = new(address)),
            "DESTADDR" => TryReadAddress(value, out var address) && Set(Destination = new(address)),
            "PORT" => IsPort(value) && Set(Port = new(value)),
            "DESTPORT" => IsPort(value) && Set(DestinationPort = new(value)),
            "HELO" => (value is null || HelloName.IsUsable(Encoding.ASCII.GetBytes(value))) && Set(Helo = new(value)),
            "LOGIN" => (value is null || !value.AsSpan().ContainsAnyExceptInRange(' ', '~')) && Set(Login = new(value)),
            "PROTO" => value is null or "SMTP" or "ESMTP",      // what is spoken from here on is what counts
            _ => false,
        };
    }

    private static bool Set<T>(Change<T> change) where T : class => change.Given;

    private static bool IsPort(string? value) => value is null || AddressText.TryParsePort(value, out _);

    private static bool TryReadAddress(string? value, out IPAddress? address)
    {
        address = null;
        if (value is null)
            return true;
        return value.StartsWith("IPV6:", StringComparison.OrdinalIgnoreCase)
            ? AddressText.TryParse(AddressFamily.InterNetworkV6, value[5..], out address)
            : AddressText.TryParse(AddressFamily.InterNetwork, value, out address);
    }

    // An attribute: not given, or given as unknown (null), or with a value.
    private readonly record struct Change<T>(T? Value)
        where T : class
    {
        public bool Given { get; } = true;
    }
}
