using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Generators.Analysis;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary>The analyzer's list of keys that a dataset cannot have is the engine's record.</summary>
public sealed class EngineKeysTests
{
    [Fact]
    public void Keys_of_data_are_listed() =>
        Assert.Equal(DataConfig.Schema.Keys.Where(key => !key.Inline).Select(key => key.Name).Order(StringComparer.Ordinal), EngineKeys.OfData.Order(StringComparer.Ordinal));
}
