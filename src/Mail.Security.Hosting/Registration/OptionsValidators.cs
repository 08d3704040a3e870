using Microsoft.Extensions.Options;

namespace Mail.Security.Hosting;

/// <summary>Turns the problems an options class finds in itself into the host's refusal to start.</summary>
internal sealed class MailIntakeOptionsValidator : IValidateOptions<MailIntakeOptions>
{
    public ValidateOptionsResult Validate(string? name, MailIntakeOptions options) => Verdict.Of(options.Problems());
}

/// <inheritdoc cref="MailIntakeOptionsValidator"/>
internal sealed class SmtpListenerOptionsValidator : IValidateOptions<SmtpListenerOptions>
{
    public ValidateOptionsResult Validate(string? name, SmtpListenerOptions options) => Verdict.Of(options.Problems());
}

/// <inheritdoc cref="MailIntakeOptionsValidator"/>
internal sealed class CertificateReloadOptionsValidator : IValidateOptions<CertificateReloadOptions>
{
    public ValidateOptionsResult Validate(string? name, CertificateReloadOptions options) => Verdict.Of(options.Problems());
}

/// <inheritdoc cref="MailIntakeOptionsValidator"/>
internal sealed class MailDeliveryOptionsValidator : IValidateOptions<MailDeliveryOptions>
{
    public ValidateOptionsResult Validate(string? name, MailDeliveryOptions options) => Verdict.Of(Problems(options));

    private static IEnumerable<string> Problems(MailDeliveryOptions options)
    {
        if (options.HostName.IsEmpty)
            yield return $"{nameof(MailDeliveryOptions)}.{nameof(MailDeliveryOptions.HostName)} is required: the name of this host in EHLO and in notices.";
        foreach (var problem in options.Pool.Problems())
            yield return $"{nameof(MailDeliveryOptions)}.{nameof(MailDeliveryOptions.Pool)}.{problem}";
    }
}

file static class Verdict
{
    public static ValidateOptionsResult Of(IEnumerable<string> problems) =>
        problems.ToList() is { Count: > 0 } found ? ValidateOptionsResult.Fail(found) : ValidateOptionsResult.Success;
}
