namespace Mail.Security.Benchmarks.Sasl;

/// <summary>What one login costs on either side, in nanoseconds.</summary>
/// <param name="Client">All that the client does.</param>
/// <param name="Server">All that the server does.</param>
/// <param name="Verify">Of that the message with the proof: verifying it, and proving in turn.</param>
internal readonly record struct LoginCost(double Client, double Server, double Verify)
{
    public static LoginCost Least(LoginCost one, LoginCost other) => new(Math.Min(one.Client, other.Client), Math.Min(one.Server, other.Server), Math.Min(one.Verify, other.Verify));
}
