namespace Mail.Security.Sasl.Tests;

/// <summary>Lets one user act as one other.</summary>
internal sealed class Authorizer(string identity, string other, SaslVerdict verdict = SaslVerdict.Accepted) : ISaslAuthorizer
{
    public ValueTask<SaslVerdict> MayActAsAsync(string identity1, string authorizationIdentity, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(identity1 == identity && authorizationIdentity == other ? verdict : SaslVerdict.Refused);
}
