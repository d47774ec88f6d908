namespace HiEndMae;

/// <summary>States on the config of a pretext task that it does not use <c>mask_ratio</c>. <c>validate</c> and the compiler then refuse an experiment that sets it (HEM028).</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class WithoutMaskAttribute : Attribute;
