using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Mail.Security.SmtpServer;

/// <summary>Addresses and ports as proxies spell them. The framework's parsers also take shorthands, other bases, brackets, scopes and NULs at the end.</summary>
internal static class AddressText
{
    public static bool TryParse(AddressFamily family, string text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (text.AsSpan().ContainsAny("[]%/") || !IPAddress.TryParse(text, out var parsed) || parsed.AddressFamily != family)
            return false;
        if (family == AddressFamily.InterNetwork && parsed.ToString() != text)
            return false;
        address = parsed;
        return true;
    }

    public static bool TryParsePort(string text, out ushort port)
    {
        port = 0;
        return !text.AsSpan().ContainsAnyExceptInRange('0', '9') && ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
    }
}
