namespace HiEndMae.Nn;

/// <summary>Hooks on modules, which are removed together.</summary>
/// <param name="remove">Removes them.</param>
public sealed class ForwardHook(Action remove) : IDisposable
{
    /// <summary>Hooks on several modules.</summary>
    public static ForwardHook Of(IReadOnlyList<IDisposable> hooks) => new(() =>
    {
        foreach (IDisposable hook in hooks) hook.Dispose();
    });

    /// <inheritdoc/>
    public void Dispose() => remove();
}
