using System.Runtime.CompilerServices;

namespace Mail.Security.Transports;

/// <summary>An object by which it is, not by what it holds: equal to itself alone, and silent about its contents.</summary>
internal readonly record struct Identity(object? Value)
{
    public bool Equals(Identity other) => ReferenceEquals(Value, other.Value);

    public override int GetHashCode() => Value is null ? 0 : RuntimeHelpers.GetHashCode(Value);

    public override string ToString() => Value is null ? "none" : "some";
}
