namespace HiEndMae.Configuration;

/// <summary>The config record of a component.</summary>
public interface IComponentConfig : IConfigSection
{
    /// <summary>The value of <c>plugin =</c>.</summary>
    string Plugin { get; }
}
