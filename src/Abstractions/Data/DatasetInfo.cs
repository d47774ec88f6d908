namespace HiEndMae;

/// <summary>Names of a dataset, its channels and its labels.</summary>
/// <param name="Name">Short name for tables.</param>
/// <param name="ChannelNames">One name per image channel, such as "CT".</param>
/// <param name="LabelNames">One name per class index; index 0 is background. Empty for images without labels.</param>
public sealed record DatasetInfo(string Name, IReadOnlyList<string> ChannelNames, IReadOnlyList<string> LabelNames);
