using Mail.Security;

namespace DaneCheck.Checking;

/// <summary>The name to say in EHLO when nobody gave one.</summary>
internal static class HelloNames
{
    public static DomainName OfThisMachine() => DomainName.TryParse(Environment.MachineName, out var name) ? name : DomainName.Parse("localhost");
}
